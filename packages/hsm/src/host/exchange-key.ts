// SPDX-License-Identifier: Apache-2.0
/**
 * The exchange key: what custodians encrypt their shares to, for one recovery.
 *
 * A file on the token's volume, because a meeting of custodians outlasts a restart. Whoever can read it there could read
 * token and PIN there as well, once the recovery is done; it is removed with it.
 */

import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { errnoOf, StrongroomError, writeDurably } from "@strongroom/core";

const modulusLength = 3072;

/** The public half, SubjectPublicKeyInfo (DER), of the key at `path`, which is made where there is none. */
export async function provideExchangeKey(path: string): Promise<KeyObject> {
  return createPublicKey((await readKey(path)) ?? (await makeKey(path)));
}

/** The private half. @throws {StrongroomError} `Conflict` if nobody has asked for the public one. */
export async function requireExchangeKey(path: string): Promise<KeyObject> {
  const key = await readKey(path);
  if (key === undefined) {
    throw new StrongroomError("Conflict", "the HSM has no exchange key: begin the recovery first");
  }
  return key;
}

async function readKey(path: string): Promise<KeyObject | undefined> {
  try {
    return createPrivateKey(await readFile(path));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") {
      return undefined;
    }
    throw new StrongroomError("HsmRefused", "the exchange key cannot be read", { cause: error });
  }
}

async function makeKey(path: string): Promise<KeyObject> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" });
  await writeDurably(path, String(pem), 0o400);
  return privateKey;
}
