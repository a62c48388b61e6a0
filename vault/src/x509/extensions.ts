// SPDX-License-Identifier: Apache-2.0
/** Extensions of certificates and requests. RFC 5280 section 4.2. */

import { createHash } from "node:crypto";
import { type KeyUsage, keyUsages } from "@strongroom/api";
import {
  asn1True,
  bitString,
  type Der,
  element,
  explicit,
  implicit,
  objectIdentifier,
  octetString,
  sequence,
  smallInteger,
} from "./der.ts";
import { type AlternativeNames, encodeAlternativeNames } from "./general-names.ts";

const oid = {
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
} as const;

/** An end entity's, or a CA's that may have `pathLength` CAs below it. */
export function basicConstraints(pathLength?: number): Der {
  const content =
    pathLength === undefined ? sequence() : sequence(asn1True, smallInteger(pathLength));
  return critical(oid.basicConstraints, content);
}

/** What the key is for; at least one use. */
export function keyUsage(uses: readonly KeyUsage[]): Der {
  const bits = new Uint8Array(2);
  let last = 0;
  for (const use of uses) {
    const index = keyUsages.indexOf(use);
    bits[index >> 3] = (bits[index >> 3] ?? 0) | (0x80 >> (index & 7));
    last = Math.max(last, index);
  }
  // Named bits: DER has no trailing zeros. X.690 section 11.2.2.
  return critical(oid.keyUsage, bitString(bits.subarray(0, (last >> 3) + 1), 7 - (last & 7)));
}

/** What certificates of the key are for, by object identifiers. */
export function extendedKeyUsage(purposes: readonly string[]): Der {
  return ordinary(oid.extendedKeyUsage, sequence(...purposes.map(objectIdentifier)));
}

/** Other names; critical where they are the only ones. RFC 5280 section 4.2.1.6. */
export function subjectAltName(names: AlternativeNames, subject: "named" | "unnamed"): Der {
  const make = subject === "named" ? ordinary : critical;
  return make(oid.subjectAltName, encodeAlternativeNames(names));
}

export function subjectKeyIdentifier(publicKey: Uint8Array): Der {
  return ordinary(oid.subjectKeyIdentifier, octetString(keyIdentifier(publicKey)));
}

/** @param issuerKeyId Key identifier as the issuer's certificate has it. */
export function authorityKeyIdentifier(issuerKeyId: Uint8Array): Der {
  return ordinary(oid.authorityKeyIdentifier, sequence(implicit(0, issuerKeyId)));
}

/** The list of extensions. */
export function extensionList(extensions: readonly Uint8Array[]): Der {
  return sequence(...extensions);
}

/** RFC 7093 section 2, method 4 cut to the length of the others: 160 bits of SHA-256 over the key info. */
export function keyIdentifier(publicKey: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(publicKey).digest()).subarray(0, 20);
}

/** A critical extension: who does not know it must refuse the certificate. */
export function critical(id: string, value: Uint8Array): Der {
  return sequence(objectIdentifier(id), asn1True, octetString(value));
}

function ordinary(id: string, value: Uint8Array): Der {
  return sequence(objectIdentifier(id), octetString(value));
}

/** Attribute of a request that carries extensions. RFC 2985 section 5.4.2. */
export function extensionRequest(extensions: readonly Uint8Array[]): Der {
  const attribute = sequence(
    objectIdentifier("1.2.840.113549.1.9.14"),
    element(0x31, extensionList(extensions)),
  );
  return explicit(0, attribute);
}
