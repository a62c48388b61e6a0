// SPDX-License-Identifier: Apache-2.0
/** The extensions that decide what a certificate's key may do. RFC 5280 section 4.2.1. */

import { isStrongroomError } from "@strongroom/core";
import { type AsnType, fromBER } from "asn1js";
import { BasicConstraints, ExtKeyUsage } from "pkijs";
import { malformed } from "../byte-reader.ts";
import type { Certificate } from "./certificate.ts";
import { assertDer } from "./der.ts";
import { certificateValues } from "./limits.ts";

/** Object identifiers of the extensions that are read here. */
export const extensionOid = {
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  certificatePolicies: "2.5.29.32",
  extKeyUsage: "2.5.29.37",
} as const;

/** Bits of KeyUsage, the first bit of the first byte being the highest. */
export const keyUsage = {
  digitalSignature: 0x80,
  keyEncipherment: 0x20,
  keyAgreement: 0x08,
  keyCertSign: 0x04,
  crlSign: 0x02,
} as const;

/** basicConstraints; without the extension a certificate is no CA. */
export interface CaConstraint {
  readonly isCa: boolean;
  readonly pathLength?: number;
}

/** An extension's value, one DER value. @throws {StrongroomError} `EvidenceMalformed` if it is none, or of too many others. */
export function extensionValue(certificate: Certificate, oid: string): Uint8Array | undefined {
  const value = certificate.extensions.get(oid)?.value;
  if (value !== undefined) {
    assertDer(value, certificateValues);
  }
  return value;
}

/** Reads an extension's value. @throws {StrongroomError} `EvidenceMalformed` if it is not DER or of another type. */
export function readExtension<T>(
  certificate: Certificate,
  oid: string,
  read: (value: AsnType) => T,
): T | undefined {
  const value = extensionValue(certificate, oid);
  if (value === undefined) {
    return undefined;
  }
  try {
    return read(fromBER(new Uint8Array(value)).result);
  } catch (cause) {
    throw isStrongroomError(cause) ? cause : malformed(`extension ${oid} has another form`, cause);
  }
}

/** What the certificate says about being a CA. */
export function caConstraint(certificate: Certificate): CaConstraint {
  const read = readExtension(certificate, extensionOid.basicConstraints, (schema) => {
    const { cA, pathLenConstraint } = new BasicConstraints({ schema });
    if (pathLenConstraint === undefined) {
      return { isCa: cA };
    }
    if (typeof pathLenConstraint !== "number" || pathLenConstraint < 0) {
      throw malformed("path length is no small number");
    }
    return { isCa: cA, pathLength: pathLenConstraint };
  });
  return read ?? { isCa: false };
}

/** Whether the certificate's key may be used so; false where the extension is missing. */
export function hasKeyUsage(certificate: Certificate, usage: number): boolean {
  const bits = readExtension(certificate, extensionOid.keyUsage, (value) => {
    const [type, length, unused, first] = new Uint8Array(value.toBER());
    if (type !== 0x03 || length === undefined || length < 2 || unused === undefined) {
      throw malformed("key usage is no bit string");
    }
    return first ?? 0;
  });
  return ((bits ?? 0) & usage) !== 0;
}

/** Purposes of the certificate's key, or undefined where it is not limited to any. */
export function extendedKeyUsage(certificate: Certificate): readonly string[] | undefined {
  return readExtension(
    certificate,
    extensionOid.extKeyUsage,
    (schema) => new ExtKeyUsage({ schema }).keyPurposes,
  );
}
