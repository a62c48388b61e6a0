// SPDX-License-Identifier: Apache-2.0
/** Private keys from JWKs (RFC 7518 section 6, RFC 9964 for AKP): checked, and written anew in one form. */

import { createPrivateKey, type KeyObject } from "node:crypto";
import {
  equalBytes,
  fromBase64url,
  SecretBytes,
  StrongroomError,
  toBase64url,
} from "@strongroom/core";
import { fromAnyBase64 } from "../any-base64.ts";
import { aesType, akpType, type CurveName, ecType, type KeyType, rsaType } from "../key-type.ts";
import { type Curve, curves } from "./curves.ts";
import { pointOf, publicKeyOfPoint } from "./ec-point.ts";
import { privateKeyOfScalar } from "./ec-private-key.ts";
import { bitLength, toFixedBytes, toInteger } from "./integers.ts";
import { aesMaterial, type KeyMaterial, materialOf } from "./private-key.ts";
import { type RsaNumbers, requireSoundRsa } from "./rsa-checks.ts";

/** Members of a private JWK; `kty` without `-HSM`. */
export interface PrivateJwk {
  readonly kty: "EC" | "RSA" | "oct" | "AKP";
  readonly [member: string]: unknown;
}

/** Takes in a key; the caller wipes its material. @throws {StrongroomError} `BadParameter` unless it is one sound key. */
export async function importJwk(jwk: PrivateJwk): Promise<KeyMaterial> {
  switch (jwk.kty) {
    case "EC":
      return importEc(jwk);
    case "RSA":
      return await importRsa(jwk);
    case "oct":
      return importOct(jwk);
    case "AKP":
      return importAkp(jwk);
  }
}

function importEc(jwk: PrivateJwk): KeyMaterial {
  const type = ecType(String(jwk["crv"]));
  const curve = curves[jwk["crv"] as CurveName];
  using scalar = scalarMember(curve, jwk);
  const given = publicKeyOfPoint(curve, { x: integer(jwk, "x"), y: integer(jwk, "y") });
  const key = privateKeyOfScalar(curve, scalar.reveal());
  // OpenSSL computed this point from the scalar: what the caller says must be the same.
  const computed = pointOf(key);
  const { x, y } = pointOf(given);
  if (computed.x !== x || computed.y !== y) {
    throw new StrongroomError("BadParameter", "the members of the EC key do not belong together");
  }
  return materialOf(type, key);
}

function scalarMember(curve: Curve, jwk: PrivateJwk): SecretBytes {
  const d = integer(jwk, "d");
  if (d === 0n || d >= curve.order) {
    throw new StrongroomError("BadParameter", "d is not between zero and the order of the curve");
  }
  return new SecretBytes(toFixedBytes(d, curve.bytes));
}

async function importRsa(jwk: PrivateJwk): Promise<KeyMaterial> {
  if (jwk["oth"] !== undefined) {
    throw new StrongroomError("BadParameter", "an RSA key has two factors here, not more");
  }
  const number = (name: keyof RsaNumbers): bigint => integer(jwk, name);
  const numbers: RsaNumbers = {
    n: number("n"),
    e: number("e"),
    d: number("d"),
    p: number("p"),
    q: number("q"),
    dp: number("dp"),
    dq: number("dq"),
    qi: number("qi"),
  };
  const type = rsaType(bitLength(numbers.n));
  await requireSoundRsa(numbers);
  return materialOf(type, rsaKeyOf(numbers));
}

function rsaKeyOf(numbers: RsaNumbers): KeyObject {
  const members = Object.entries(numbers).map(([name, value]: [string, bigint]) => {
    const bytes = toFixedBytes(value, Math.ceil(bitLength(value) / 8));
    return [name, toBase64url(bytes)];
  });
  return toPrivateKey({ kty: "RSA", ...Object.fromEntries(members) });
}

function importOct(jwk: PrivateJwk): KeyMaterial {
  const bytes = member(jwk, "k");
  return aesMaterial(aesType(bytes.length * 8), bytes);
}

function importAkp(jwk: PrivateJwk): KeyMaterial {
  const type: KeyType = akpType(String(jwk["alg"]));
  const { alg } = jwk;
  const key = toPrivateKey({ kty: "AKP", alg, pub: jwk["pub"], priv: jwk["priv"] });
  const { pub } = key.export({ format: "jwk" }) as { readonly pub?: string };
  if (!equalBytes(fromBase64url(pub ?? ""), member(jwk, "pub"))) {
    throw new StrongroomError("BadParameter", "the members of the AKP key do not belong together");
  }
  return materialOf(type, key);
}

function toPrivateKey(key: Readonly<Record<string, unknown>>): KeyObject {
  try {
    return createPrivateKey({ key: { ...key }, format: "jwk" });
  } catch (cause) {
    throw new StrongroomError("BadParameter", "the JWK is no private key", { cause });
  }
}

function integer(jwk: PrivateJwk, name: string): bigint {
  return toInteger(member(jwk, name));
}

function member(jwk: PrivateJwk, name: string): Uint8Array {
  const value = jwk[name];
  if (typeof value !== "string" || value === "") {
    throw new StrongroomError("BadParameter", `the JWK has no ${name}`);
  }
  return fromAnyBase64(value);
}
