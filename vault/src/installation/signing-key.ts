// SPDX-License-Identifier: Apache-2.0
/** Signing keys of the installation and of vaults: made in the HSM, kept wrapped as records, used by the HSM alone. */

import { createPublicKey, type KeyObject } from "node:crypto";
import {
  fromBase64url,
  installationScope,
  type JsonValue,
  StrongroomError,
  sha256,
  toBase64url,
} from "@strongroom/core";
import type { HsmClient, SigningOperation } from "@strongroom/hsm/client";
import { z } from "zod";

/** Signs a message with ECDSA P-256 and SHA-256; answers r||s, 64 bytes. */
export type SignMessage = (message: Uint8Array) => Promise<Uint8Array>;

/** A key whose private half never leaves the HSM. */
export interface SigningKey {
  readonly blob: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  readonly publicKey: KeyObject;
  readonly sign: SignMessage;
}

const contentSchema = z.object({ blob: z.string(), publicKey: z.string() });

/** Record content of a new signing key. */
export async function makeSigningKey(
  hsm: HsmClient,
  keyId: string,
  operation: SigningOperation = "sign",
  scope: string = installationScope,
): Promise<z.infer<typeof contentSchema>> {
  const { blob, publicKey } = await hsm.generateKey({
    scope,
    keyId,
    type: "ec-p256",
    operations: [operation],
    class: "N",
  });
  return { blob: toBase64url(blob), publicKey: toBase64url(publicKey) };
}

/** Signing key of a record's content. @throws {StrongroomError} `StoreTampered` if the record is no key. */
export function openSigningKey(
  hsm: HsmClient,
  keyId: string,
  content: JsonValue | undefined,
  scope: string = installationScope,
): SigningKey {
  const parsed = contentSchema.safeParse(content);
  if (!parsed.success) {
    throw new StrongroomError(
      "StoreTampered",
      "the record of a signing key is missing or unreadable",
    );
  }
  const blob = fromBase64url(parsed.data.blob);
  // The host refuses a blob that was put into the place of another key.
  const place = { scope, keyId };
  const spki = fromBase64url(parsed.data.publicKey);
  return {
    blob,
    spki,
    publicKey: createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" }),
    sign: (message) => hsm.sign(blob, "ES256", sha256(message), place),
  };
}
