// SPDX-License-Identifier: Apache-2.0
/**
 * A ceremony: changes which key encryption keys the token holds, on a copy of it that takes its place.
 *
 * It runs in a process of its own, which alone gets the security officer's PIN, and which domain keys and their shares
 * end with. Until the copy is whole and the handover decided, the host serves the token as it is.
 */

import { existsSync } from "node:fs";
import { cp, readdir, readFile } from "node:fs/promises";
import { assertNever, StrongroomError, syncTree } from "@strongroom/core";
import type { CeremonyPins } from "../ceremony/ceremony-session.ts";
import type { Pkcs11 } from "../token/pkcs11.ts";
import { isTokenError, toTokenError } from "../token/token-errors.ts";
import { activate, type Ceremony, recover, retire, rotate } from "./ceremony-acts.ts";
import type { CeremonyRequest } from "./ceremony-request.ts";
import { type DataFolder, removeNext } from "./data-folder.ts";
import { decideHandover } from "./handover.ts";
import { writeTokenConfig } from "./token-config.ts";

/** What a ceremony needs. */
export interface CeremonyDeps {
  readonly folder: DataFolder;
  /** Loads the module for the token in `folder.next`. */
  readonly load: () => Pkcs11;
}

/**
 * Performs the ceremony up to the decision that its token is the token.
 *
 * @throws {StrongroomError} `Conflict` if the token is in another state, `BadParameter` if custodians or their shares are
 * wrong, `HsmRefused` if the token cannot; nothing has changed then.
 */
export async function performCeremony(deps: CeremonyDeps, request: CeremonyRequest): Promise<void> {
  const { folder, load } = deps;
  const pins = await readPins(folder);
  await copyToken(folder);
  const module = load();
  try {
    await act({ module, pins, folder }, request);
  } catch (error) {
    throw isTokenError(error) ? toTokenError(error) : error;
  } finally {
    module.C_Finalize();
  }
  await syncTree(folder.next.tokens);
  await decideHandover(folder);
}

async function act(ceremony: Ceremony, request: CeremonyRequest): Promise<void> {
  switch (request.kind) {
    case "activate":
      return await activate(ceremony, request.quorum);
    case "recover":
      return await recover(ceremony, request.restore);
    case "rotate":
      return await rotate(ceremony, request);
    case "retire":
      return await retire(ceremony);
    default:
      return assertNever(request);
  }
}

async function readPins({ pin, officerPin }: DataFolder): Promise<CeremonyPins> {
  if (!existsSync(officerPin)) {
    const message = "the security officer's PIN is not on the token's volume: put it there first";
    throw new StrongroomError("HsmRefused", message);
  }
  return {
    user: (await readFile(pin, "utf8")).trim(),
    securityOfficer: (await readFile(officerPin, "utf8")).trim(),
  };
}

async function copyToken(folder: DataFolder): Promise<void> {
  await removeNext(folder);
  if ((await readdir(folder.token.tokens)).length === 0) {
    const message = "this token is no files that could be copied: its ceremonies are its maker's";
    throw new StrongroomError("HsmRefused", message);
  }
  await cp(folder.token.tokens, folder.next.tokens, { recursive: true });
  await writeTokenConfig(folder.next);
}
