// SPDX-License-Identifier: Apache-2.0
/** That a key in an HSM is the one that the suite knows. */

import { createCipheriv, hash } from "node:crypto";
import { expect } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import type { GeneratedKey } from "../client/hsm-keys.ts";
import { ecAlgorithms, hashes, signatures } from "../keys/algorithms.ts";
import { isAes, isEc } from "../keys/key-types.ts";
import { isSignature } from "./is-signature.ts";
import type { KnownKey } from "./known-keys.ts";
import type { HsmUnderTest } from "./subjects.ts";

const place = { scope: "vault-1", keyId: "key-1" } as const;
const message = utf8("what is signed");

/** Uses the key that came in as only its owner could have made it. */
export async function expectKnown(
  hsm: HsmUnderTest,
  made: GeneratedKey,
  known: KnownKey,
): Promise<void> {
  expect(Buffer.from(made.publicKey)).toEqual(Buffer.from(known.publicKey));
  if (isAes(known.type)) {
    const algorithm = `A${known.material.length * 8}CBC` as "A128CBC";
    const sealed = await hsm.client.encrypt(made.blob, algorithm, {
      plaintext: new Uint8Array(32),
    });
    const openSslCipher = `aes-${known.material.length * 8}-cbc`;
    const cipher = createCipheriv(openSslCipher, known.material, sealed.iv).setAutoPadding(false);
    expect(sealed.ciphertext).toEqual(new Uint8Array(cipher.update(new Uint8Array(32))));
    return;
  }
  const algorithm = isEc(known.type) ? ecAlgorithms[known.type] : "PS384";
  const digest = hash(hashes[signatures[algorithm].hash].openSslName, message, "buffer");
  const signature = await hsm.client.sign(made.blob, algorithm, digest, place);
  expect(isSignature(known.publicKey, message, signature, algorithm)).toBe(true);
}
