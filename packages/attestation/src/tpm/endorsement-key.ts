// SPDX-License-Identifier: Apache-2.0
/** Endorsement keys that are known, and what their templates fix. TCG EK Credential Profile 2.5, annex B. */

import { createPublicKey, type KeyObject } from "node:crypto";
import { sha256, toHex } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import type { StrongHash } from "./algorithms.ts";
import type { TpmCurve } from "./tpm-public.ts";

/** The parameters of an endorsement key that its template fixes: hash of names and bits of its AES-CFB key. */
export interface EndorsementParameters {
  readonly type: "rsa" | "ecc";
  /** Bits of the modulus; undefined for a curve. */
  readonly keyBits?: number;
  readonly curve?: TpmCurve;
  readonly nameAlgorithm: StrongHash;
  readonly symmetricBits: 128 | 256;
}

/** An endorsement key as its certificate states it. */
export interface EndorsementKey {
  /** SubjectPublicKeyInfo in DER, in its one canonical form. */
  readonly spki: Uint8Array;
  readonly parameters: EndorsementParameters;
}

type Template = Pick<EndorsementParameters, "nameAlgorithm" | "symmetricBits">;

const small: Template = { nameAlgorithm: "sha256", symmetricBits: 128 };
const large: Template = { nameAlgorithm: "sha384", symmetricBits: 256 };
const largest: Template = { nameAlgorithm: "sha512", symmetricBits: 256 };

/** Templates L-1, H-1 and H-6, H-7 by the modulus's bits. */
const rsaTemplates: ReadonlyMap<number, Template> = new Map([
  [2048, small],
  [3072, large],
  [4096, large],
]);

/** Templates L-2, H-2, H-3 and H-4 by OpenSSL's name of the curve; H-5, on SM2, has SM3 and SM4, which nothing here can. */
const eccTemplates: ReadonlyMap<string, EndorsementParameters> = new Map<
  string,
  EndorsementParameters
>([
  ["prime256v1", { type: "ecc", curve: "P-256", ...small }],
  ["secp384r1", { type: "ecc", curve: "P-384", ...large }],
  ["secp521r1", { type: "ecc", curve: "P-521", ...largest }],
]);

/**
 * The endorsement key in a certificate.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if no template has such a key.
 */
export function toEndorsementKey(key: KeyObject): EndorsementKey {
  const parameters = toParameters(key);
  if (parameters === undefined) {
    throw malformed("no endorsement key template has such a key");
  }
  return { spki: canonicalSpki(key), parameters };
}

/** The device's identity: SHA-256 of the endorsement key's SubjectPublicKeyInfo, hexadecimal. */
export function deviceId(key: EndorsementKey): string {
  return toHex(sha256(key.spki));
}

function toParameters(key: KeyObject): EndorsementParameters | undefined {
  const details = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "ec") {
    return eccTemplates.get(details.namedCurve ?? "");
  }
  const keyBits = details.modulusLength ?? 0;
  const template = rsaTemplates.get(keyBits);
  const isPlainRsa = key.asymmetricKeyType === "rsa" && details.publicExponent === 65537n;
  return isPlainRsa && template !== undefined ? { type: "rsa", keyBits, ...template } : undefined;
}

// A compressed point would make a second identity of one key; a JWK has one spelling only.
function canonicalSpki(key: KeyObject): Uint8Array {
  const plain = createPublicKey({ key: key.export({ format: "jwk" }), format: "jwk" });
  return new Uint8Array(plain.export({ type: "spki", format: "der" }));
}
