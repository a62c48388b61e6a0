// SPDX-License-Identifier: Apache-2.0
/** Opens a data key that a vault unwrapped for an attested key: RSA-AES key wrap, PKCS #11 3.1 section 6.1.20; RFC 5649. */

import { createDecipheriv, subtle } from "node:crypto";
import { fromBase64url, fromUtf8, parseJson, SecretBytes, StrongroomError } from "@strongroom/core";
import { z } from "zod";
import type { ReleaseKey } from "../attestation/release-keys.ts";

/** Bytes of RSA-OAEP by the attested key, RSA-2048. */
const carrierLength = 256;
/** Bytes of AES keys: a data key is one. */
const dataKeyLengths: readonly number[] = [16, 24, 32];
/** RFC 5649, section 3. */
const alternativeInitialValue = Buffer.from("a65959a6", "hex");

/** Azure's transfer blob; how it is wrapped is ours to choose, never the sender's. */
const blobSchema = z.strictObject({
  schema_version: z.literal("1.0"),
  header: z.strictObject({
    kid: z.string(),
    alg: z.literal("dir"),
    enc: z.literal("RSA_AES_KEY_WRAP_256"),
  }),
  ciphertext: z.string(),
});

/** The key in `keyHsm`, which the signed statement names. @throws {StrongroomError} `ResponseUntrusted` unless it opens. */
export async function openDataKey(keyHsm: string, key: ReleaseKey): Promise<SecretBytes> {
  try {
    const { header, ciphertext } = blobSchema.parse(parseJson(fromUtf8(fromBase64url(keyHsm))));
    if (header.kid !== key.kid) {
      throw new Error("another key");
    }
    return await unwrap(fromBase64url(ciphertext), key);
  } catch (cause) {
    throw new StrongroomError("ResponseUntrusted", "an unwrapped data key cannot be opened", {
      cause,
    });
  }
}

async function unwrap(ciphertext: Uint8Array, { privateKey }: ReleaseKey): Promise<SecretBytes> {
  const head = new Uint8Array(ciphertext.subarray(0, carrierLength));
  using carrier = new SecretBytes(
    new Uint8Array(await subtle.decrypt({ name: "RSA-OAEP" }, privateKey, head)),
  );
  const cipher = createDecipheriv("id-aes256-wrap-pad", carrier.reveal(), alternativeInitialValue);
  const plain = cipher.update(ciphertext.subarray(carrierLength));
  try {
    cipher.final();
    if (!dataKeyLengths.includes(plain.length)) {
      throw new Error("no key");
    }
    return new SecretBytes(new Uint8Array(plain));
  } finally {
    plain.fill(0);
  }
}
