// SPDX-License-Identifier: Apache-2.0
/** Hands a seed to the holder of an endorsement key. TPM 2.0 Part 1, annexes B.10.4 (RSA) and C.6.4 (ECC). */

import {
  constants,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  publicEncrypt,
} from "node:crypto";
import { concatBytes, fromBase64url, utf8 } from "@strongroom/core";
import { digestBytes } from "./algorithms.ts";
import { tpm2b } from "./encode.ts";
import type { EndorsementKey } from "./endorsement-key.ts";
import { kdfe } from "./key-derivation.ts";

/** A seed and its protected form, TPM2B_ENCRYPTED_SECRET. */
export interface ProtectedSeed {
  readonly seed: Uint8Array;
  readonly encryptedSecret: Uint8Array;
}

const label = "IDENTITY";

/** Makes a seed that only the endorsement key's TPM learns; an RSA key gets one out of `random`. */
export function protectSeed(
  ek: EndorsementKey,
  random: (bytes: number) => Uint8Array,
): ProtectedSeed {
  const key = createPublicKey({ key: Buffer.from(ek.spki), format: "der", type: "spki" });
  return ek.parameters.type === "rsa" ? encryptSeed(ek, key, random) : agreeSeed(ek, key);
}

function encryptSeed(
  ek: EndorsementKey,
  key: KeyObject,
  random: (bytes: number) => Uint8Array,
): ProtectedSeed {
  const hash = ek.parameters.nameAlgorithm;
  const seed = random(digestBytes[hash]);
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  // The label's terminating NUL is part of it.
  const oaep = { key, padding, oaepHash: hash, oaepLabel: utf8(`${label}\0`) };
  return { seed, encryptedSecret: tpm2b(publicEncrypt(oaep, seed)) };
}

function agreeSeed(ek: EndorsementKey, key: KeyObject): ProtectedSeed {
  const { nameAlgorithm: hash, curve } = ek.parameters;
  const ephemeral = generateKeyPairSync("ec", { namedCurve: curve ?? "P-256" });
  const shared = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: key });
  const own = point(ephemeral.publicKey);
  const theirs = point(key);
  const seed = kdfe(shared, {
    hash,
    label,
    contextU: own.x,
    contextV: theirs.x,
    bits: digestBytes[hash] * 8,
  });
  return { seed, encryptedSecret: tpm2b(concatBytes(tpm2b(own.x), tpm2b(own.y))) };
}

function point(key: KeyObject): { readonly x: Uint8Array; readonly y: Uint8Array } {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  return { x: fromBase64url(x), y: fromBase64url(y) };
}
