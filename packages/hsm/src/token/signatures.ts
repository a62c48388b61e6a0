// SPDX-License-Identifier: Apache-2.0
/** Signatures and message authentication codes, computed in the token. */

import { concatBytes, equalBytes, fromHex, StrongroomError } from "@strongroom/core";
import pkcs11js, { type Mechanism } from "pkcs11js";
import {
  hashes,
  type MacAlgorithm,
  type SignatureAlgorithm,
  signatures,
} from "../keys/algorithms.ts";
import { aesBytes, curves, isAes, isEc, isRsa, rsaBits } from "../keys/key-types.ts";
import { toBuffer } from "./attributes.ts";
import { requireComputable } from "./computable.ts";
import type { BlobKeyType } from "./key-profiles.ts";
import type { Handle } from "./pkcs11.ts";
import type { Session } from "./primitives.ts";
import type { OpenToken } from "./token.ts";
import { findKey, type KeyUseRequest, objectOf } from "./use-key.ts";

/** Bytes that PKCS #1 padding needs beside what it pads. RFC 8017 section 9.2. */
const pkcs1PaddingBytes = 11;

/**
 * Signs `input`: a digest, HS's message, or what RSNULL pads.
 *
 * @throws {StrongroomError} `HsmBlobRejected`; `BadParameter` if algorithm, key and input do not go together, or the token
 * does not compute the algorithm.
 */
export function sign(
  token: OpenToken,
  use: KeyUseRequest,
  algorithm: SignatureAlgorithm,
  input: Uint8Array,
): Uint8Array {
  const key = findKey(token, use);
  const { keyType } = key.header;
  requireMatch(algorithm, keyType, input);
  const purpose = signatures[algorithm].kind === "hmac" ? "mac" : "sign";
  const computable = isAes(keyType) ? (`${algorithm}/${aesBytes[keyType]}` as const) : algorithm;
  requireComputable(token, computable, algorithm);
  return computeSignature(token, objectOf(token, key, purpose), { algorithm, keyType, input });
}

/** Whether `signature` is the message's code under a symmetric key. */
export function verify(
  token: OpenToken,
  use: KeyUseRequest,
  algorithm: MacAlgorithm,
  signed: { readonly message: Uint8Array; readonly signature: Uint8Array },
): boolean {
  const expected = sign(token, use, algorithm, signed.message);
  return equalBytes(expected, signed.signature);
}

/** Where ES256 signatures are put, which most are: memory that native code writes to is dear to make. */
const rooms: { readonly [algorithm in SignatureAlgorithm]?: Buffer } = { ES256: Buffer.alloc(64) };

/** The signature by an object that may sign: to be copied before the next one is asked for. */
export function computeSignature(
  session: Session,
  object: Handle,
  what: {
    readonly algorithm: SignatureAlgorithm;
    readonly keyType: BlobKeyType;
    readonly input: Uint8Array;
  },
): Buffer {
  const { algorithm, keyType, input } = what;
  const room = rooms[algorithm] ?? Buffer.alloc(signatureBytes(algorithm, keyType));
  session.module.C_SignInit(session.handle, mechanisms[algorithm], object);
  return session.module.C_Sign(session.handle, toSigned(algorithm, input), room);
}

function requireMatch(algorithm: SignatureAlgorithm, type: BlobKeyType, input: Uint8Array): void {
  const signature = signatures[algorithm];
  const fits =
    signature.kind === "ecdsa"
      ? type === signature.type
      : signature.kind === "hmac"
        ? isAes(type)
        : isRsa(type);
  if (!fits) {
    throw new StrongroomError("BadParameter", `${algorithm} does not go with this type of key`);
  }
  requireInput(algorithm, type, input);
}

function requireInput(algorithm: SignatureAlgorithm, type: BlobKeyType, input: Uint8Array): void {
  const signature = signatures[algorithm];
  if (signature.kind === "pkcs1-raw") {
    const most = isRsa(type) ? rsaBits[type] / 8 - pkcs1PaddingBytes : 0;
    requireLength(input.length <= most, `RSNULL signs at most ${most} bytes with this key`);
  } else if (signature.kind !== "hmac") {
    const { bytes } = hashes[signature.hash];
    requireLength(input.length === bytes, `${algorithm} signs a digest of ${bytes} bytes`);
  }
}

function requireLength(holds: boolean, message: string): void {
  if (!holds) {
    throw new StrongroomError("BadParameter", message);
  }
}

function signatureBytes(algorithm: SignatureAlgorithm, type: BlobKeyType): number {
  const signature = signatures[algorithm];
  if (signature.kind === "hmac") {
    return hashes[signature.hash].bytes;
  }
  if (isEc(type)) {
    return 2 * curves[type].bytes;
  }
  return isRsa(type) ? rsaBits[type] / 8 : 0;
}

/** DigestInfo without the digest. RFC 8017 section 9.2, note 1. */
const digestInfo = {
  RS256: fromHex("3031300d060960864801650304020105000420"),
  RS384: fromHex("3041300d060960864801650304020205000430"),
  RS512: fromHex("3051300d060960864801650304020305000440"),
} as const;

function toSigned(algorithm: SignatureAlgorithm, input: Uint8Array): Buffer {
  return algorithm === "RS256" || algorithm === "RS384" || algorithm === "RS512"
    ? toBuffer(concatBytes(digestInfo[algorithm], input))
    : toBuffer(input);
}

const ecdsa: Mechanism = { mechanism: pkcs11js.CKM_ECDSA };
const pkcs1: Mechanism = { mechanism: pkcs11js.CKM_RSA_PKCS };

// The salt is as long as the digest. RFC 7518 section 3.5.
function pss(hashAlg: number, mgf: number, saltLen: number): Mechanism {
  const parameter: pkcs11js.RsaPSS = { type: pkcs11js.CK_PARAMS_RSA_PSS, hashAlg, mgf, saltLen };
  return { mechanism: pkcs11js.CKM_RSA_PKCS_PSS, parameter };
}

const mechanisms: { readonly [algorithm in SignatureAlgorithm]: Mechanism } = {
  ES256: ecdsa,
  ES256K: ecdsa,
  ES384: ecdsa,
  ES512: ecdsa,
  PS256: pss(pkcs11js.CKM_SHA256, pkcs11js.CKG_MGF1_SHA256, 32),
  PS384: pss(pkcs11js.CKM_SHA384, pkcs11js.CKG_MGF1_SHA384, 48),
  PS512: pss(pkcs11js.CKM_SHA512, pkcs11js.CKG_MGF1_SHA512, 64),
  RS256: pkcs1,
  RS384: pkcs1,
  RS512: pkcs1,
  RSNULL: pkcs1,
  HS256: { mechanism: pkcs11js.CKM_SHA256_HMAC },
  HS384: { mechanism: pkcs11js.CKM_SHA384_HMAC },
  HS512: { mechanism: pkcs11js.CKM_SHA512_HMAC },
};
