// SPDX-License-Identifier: Apache-2.0
/** Custodians: people who hold a share of the domain key, each known by the certificate of an RSA key. */

import { type KeyObject, X509Certificate } from "node:crypto";
import { isSoundRsaKey, StrongroomError, sha256, toHex } from "@strongroom/core";
import { leastCustodians, leastRequired, maxCertificateBytes, mostCustodians } from "./limits.ts";

/** Whom a share is for. */
export interface Custodian {
  /** DER. */
  readonly certificate: Uint8Array;
  /** SHA-256 of the certificate, hexadecimal. */
  readonly thumbprint: string;
  readonly publicKey: KeyObject;
}

/** N custodians, and how many of them recover the domain together. */
export interface Quorum {
  readonly custodians: readonly Custodian[];
  readonly required: number;
}

/**
 * Three to ten custodians with different keys, and two to all of them required.
 *
 * A certificate's issuer and dates are not looked at: whoever activates the HSM knows these people, and a key opens its
 * share after its certificate has ended too.
 *
 * @throws {StrongroomError} `BadParameter`
 */
export function requireQuorum(certificates: readonly Uint8Array[], required: number): Quorum {
  const { length } = certificates;
  if (length < leastCustodians || length > mostCustodians) {
    throw wrong(`a security domain has ${leastCustodians} to ${mostCustodians} custodians`);
  }
  if (!Number.isInteger(required) || required < leastRequired || required > length) {
    throw wrong(`${leastRequired} custodians at least, and at most all, are required to recover`);
  }
  const custodians = certificates.map(parseCustodian);
  // Two certificates of one key would be two shares in one hand.
  const keys = new Set(custodians.map(({ publicKey }) => keyDigest(publicKey)));
  if (keys.size !== length) {
    throw wrong("two custodians have the same key");
  }
  return { custodians, required };
}

/** SHA-256 of a public key's SubjectPublicKeyInfo, hexadecimal. */
export function keyDigest(key: KeyObject): string {
  return toHex(sha256(key.export({ type: "spki", format: "der" })));
}

/** @throws {StrongroomError} `BadParameter` unless it is a sound RSA key of 2048 to 8192 bits. */
export function requireRsa(key: KeyObject, whose: string): KeyObject {
  if (!isSoundRsaKey(key)) {
    throw wrong(`${whose} must be a sound RSA key of 2048 to 8192 bits`);
  }
  return key;
}

function parseCustodian(certificate: Uint8Array): Custodian {
  if (certificate.length > maxCertificateBytes) {
    throw wrong(`a custodian's certificate has at most ${maxCertificateBytes} bytes`);
  }
  const { publicKey } = parseCertificate(certificate);
  requireRsa(publicKey, "a custodian's key");
  return { certificate, thumbprint: toHex(sha256(certificate)), publicKey };
}

function parseCertificate(certificate: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(certificate);
  } catch (cause) {
    throw new StrongroomError("BadParameter", "a custodian's certificate cannot be read", {
      cause,
    });
  }
}

function wrong(message: string): StrongroomError {
  return new StrongroomError("BadParameter", message);
}
