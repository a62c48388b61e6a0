// SPDX-License-Identifier: Apache-2.0
/**
 * The init step: makes a token on an empty volume, once.
 *
 * With custodians to come (`domain: custodians`), the token gets its PINs and no keys: those are made when its security
 * domain is downloaded. A crash while objects are created can ruin a file token, so it is made in a folder of its own. Renaming that folder
 * to `tokens` is the last step and the only one that counts: without `tokens`, whatever else there is, is thrown away.
 */

import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { type Log, StrongroomError, syncPath, syncTree, writeDurably } from "@strongroom/core";
import type { CeremonyPins } from "../ceremony/ceremony-session.ts";
import { initialiseToken } from "../ceremony/initialise-token.ts";
import { makeGeneration } from "../ceremony/make-generation.ts";
import type { Pkcs11 } from "../token/pkcs11.ts";
import { toTokenError } from "../token/token-errors.ts";
import type { HostConfig } from "./config.ts";
import { type DataFolder, removeNext } from "./data-folder.ts";
import { writeTokenConfig } from "./token-config.ts";

/** 32 characters of base64url. */
const pinBytes = 24;

/** What the init step needs. */
export interface InitDeps {
  readonly folder: DataFolder;
  readonly domain: HostConfig["domain"];
  /** Loads the module for the token in `folder.next`. */
  readonly load: () => Pkcs11;
  readonly log: Log;
}

/**
 * Initialises the token unless it is.
 *
 * @throws {StrongroomError} `HsmRefused` if the token cannot what we need, or it is there and its PIN file is not.
 */
export async function initialise({ folder, domain, load, log }: InitDeps): Promise<void> {
  if (existsSync(folder.token.tokens)) {
    requireWhole(folder);
    log.info("token is initialised already");
    return;
  }
  await removeHalfMade(folder);
  await mkdir(folder.next.tokens, { recursive: true, mode: 0o700 });
  await writeTokenConfig(folder.next);
  const pins = { securityOfficer: newPin(), user: newPin() };
  await writeDurably(folder.pin, pins.user, 0o400);
  await writeDurably(folder.officerPin, pins.securityOfficer, 0o400);
  makeToken(load(), pins, domain);
  await syncTree(folder.next.tokens);
  await writeTokenConfig(folder.token);
  // A token that is no files leaves an empty folder, which says that its ceremony came to its end.
  await rename(folder.next.tokens, folder.token.tokens);
  await syncPath(folder.root);
  await removeNext(folder);
  log.info("token initialised", { state: domain });
}

function requireWhole(folder: DataFolder): void {
  if (!existsSync(folder.pin) || !existsSync(folder.token.softHsm)) {
    const message = "the token is there but its PIN file or configuration is not: restore them";
    throw new StrongroomError("HsmRefused", message);
  }
}

async function removeHalfMade(folder: DataFolder): Promise<void> {
  await removeNext(folder);
  const { softHsm, kryoptic } = folder.token;
  for (const path of [softHsm, kryoptic, folder.pin, folder.officerPin, folder.refusedPin]) {
    await rm(path, { force: true });
  }
}

function makeToken(module: Pkcs11, pins: CeremonyPins, domain: HostConfig["domain"]): void {
  try {
    const session = initialiseToken(module, pins);
    if (domain === "none") {
      makeGeneration(session, 1);
    }
  } catch (error) {
    throw toTokenError(error);
  } finally {
    module.C_Finalize();
  }
}

function newPin(): string {
  return randomBytes(pinBytes).toString("base64url");
}
