// SPDX-License-Identifier: Apache-2.0
/**
 * The init step: makes a SoftHSM token on an empty volume, once.
 *
 * A crash while objects are created can ruin a file token, so it is made in a folder of its own. Renaming that folder
 * to `tokens` is the last step and the only one that counts: without `tokens`, whatever else there is, is thrown away.
 */

import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { type Log, StrongroomError } from "@strongroom/core";
import { performCeremony } from "../token/ceremony.ts";
import type { Pkcs11 } from "../token/pkcs11.ts";
import type { DataFolder } from "./data-folder.ts";
import { syncPath, syncTree, writeDurably } from "./durable-file.ts";

/** 32 characters of base64url. */
const pinBytes = 24;

/** What the init step needs. */
export interface InitDeps {
  readonly folder: DataFolder;
  /** Loads the module; it reads `folder.newTokenConfig`. */
  readonly load: () => Pkcs11;
  readonly log: Log;
}

/**
 * Initialises the token unless it is.
 *
 * @throws {StrongroomError} `HsmRefused` if the module is not SoftHSM, or the token is there and its PIN file is not.
 */
export async function initialise({ folder, load, log }: InitDeps): Promise<void> {
  if (existsSync(folder.tokens)) {
    requireWhole(folder);
    log.info("token is initialised already");
    return;
  }
  await removeHalfMade(folder);
  await mkdir(folder.newTokens, { recursive: true, mode: 0o700 });
  await writeFile(folder.newTokenConfig, tokenConfig(folder.newTokens), { mode: 0o600 });
  const user = newPin();
  makeToken(load(), user);
  await syncTree(folder.newTokens);
  await writeDurably(folder.tokenConfig, tokenConfig(folder.tokens), 0o400);
  await writeDurably(folder.pin, user, 0o400);
  await rename(folder.newTokens, folder.tokens);
  await syncPath(folder.root);
  await rm(folder.newTokenConfig, { force: true });
  log.info("token initialised");
}

function requireWhole(folder: DataFolder): void {
  if (!existsSync(folder.pin) || !existsSync(folder.tokenConfig)) {
    const message = "the token is there but its PIN file or configuration is not: restore them";
    throw new StrongroomError("HsmRefused", message);
  }
}

async function removeHalfMade(folder: DataFolder): Promise<void> {
  const halfMade = [
    folder.newTokens,
    folder.newTokenConfig,
    folder.tokenConfig,
    folder.pin,
    folder.refusedPin,
  ];
  for (const path of halfMade) {
    await rm(path, { recursive: true, force: true });
  }
}

function makeToken(module: Pkcs11, user: string): void {
  try {
    if (!module.C_GetInfo().manufacturerID.startsWith("SoftHSM")) {
      const message = "the init step knows SoftHSM only: initialise this token with its own tools";
      throw new StrongroomError("HsmRefused", message);
    }
    performCeremony(module, { securityOfficer: newPin(), user });
  } finally {
    module.C_Finalize();
  }
}

function newPin(): string {
  return randomBytes(pinBytes).toString("base64url");
}

// slots.removable: a token of a folder is never pulled out. Its log goes to syslog, which a container has not.
function tokenConfig(tokens: string): string {
  return `directories.tokendir = ${tokens}
objectstore.backend = file
objectstore.umask = 0077
log.level = ERROR
slots.removable = false
`;
}
