// SPDX-License-Identifier: Apache-2.0
/** From a key's public area to its name and to a key that can verify. TPM 2.0 Part 1, section 16; Part 2, 12.2.4. */

import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { concatBytes, toBase64url, u32be } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { tpmAlgorithm } from "./algorithms.ts";
import { u16be } from "./encode.ts";
import type { TpmPublic } from "./tpm-public.ts";

/** The key's name: identifier of the name hash, then that hash of the public area. Names a key as nothing else does. */
export function tpmName(key: TpmPublic): Uint8Array<ArrayBuffer> {
  const digest = createHash(key.nameAlgorithm).update(key.encoded).digest();
  return concatBytes(u16be(tpmAlgorithm[key.nameAlgorithm]), digest);
}

/** The key in Node's form. @throws {StrongroomError} `EvidenceMalformed` if it is none, as a point off its curve. */
export function tpmPublicKey(key: TpmPublic): KeyObject {
  try {
    return createPublicKey({ key: toJwk(key), format: "jwk" });
  } catch (cause) {
    throw malformed("not a public key", cause);
  }
}

function toJwk(key: TpmPublic) {
  return key.type === "rsa"
    ? { kty: "RSA", n: toBase64url(key.modulus), e: toBase64url(u32be(key.exponent)) }
    : { kty: "EC", crv: key.curve, x: toBase64url(key.x), y: toBase64url(key.y) };
}
