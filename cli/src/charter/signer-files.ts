// SPDX-License-Identifier: Apache-2.0
/** Signers' keys in PEM files: public ones, and private ones (PKCS #8) for as long as one signature takes. */

import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { signerKeySchema } from "@strongroom/api";
import type { SignerKey } from "@strongroom/core";
import { readBoundedFile } from "../read-bounded-file.ts";
import { CommandError } from "../terminal.ts";

/** The public key of a file that holds it, or the private one. @throws {CommandError} `BadParameter` */
export async function readSigner(path: string): Promise<SignerKey> {
  return toSigner(await readKey(path, createPublicKey), path);
}

/** A private key. @throws {CommandError} `BadParameter` if it is none that signs charters. */
export async function readSigningKey(
  path: string,
): Promise<{ readonly key: KeyObject; readonly signer: SignerKey }> {
  const key = await readKey(path, createPrivateKey);
  return { key, signer: toSigner(createPublicKey(key), path) };
}

async function readKey(path: string, parse: (pem: Buffer) => KeyObject): Promise<KeyObject> {
  const bytes = Buffer.from(await readBoundedFile(path));
  try {
    return parse(bytes);
  } catch {
    throw new CommandError("BadParameter", `${path} holds no such key in PEM`);
  } finally {
    bytes.fill(0);
  }
}

function toSigner(key: KeyObject, path: string): SignerKey {
  const parsed = isExportable(key)
    ? signerKeySchema.safeParse(key.export({ format: "jwk" }))
    : undefined;
  if (parsed?.success !== true) {
    throw new CommandError("BadParameter", `${path} is no key of P-256, P-384 or Ed25519`);
  }
  return parsed.data;
}

function isExportable({ asymmetricKeyType }: KeyObject): boolean {
  return asymmetricKeyType === "ec" || asymmetricKeyType === "ed25519";
}
