// SPDX-License-Identifier: Apache-2.0
/** Certificates of chains that are of P-384 with SHA-384 throughout, good ones and ones with a chosen fault. */

import { createPublicKey, type KeyObject, sign } from "node:crypto";
import {
  bitString,
  commonName,
  der,
  extensionOf,
  integer,
  objectId,
  sequence,
  time,
} from "./der.ts";

/** What a certificate says, where it differs from that of a CA. */
export interface P384CertificateRequest {
  readonly isCa?: boolean;
  readonly serial?: number;
  readonly pathLength?: number;
  /** Bits of keyUsage's one byte. */
  readonly usage?: number;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Name of the issuer, where it is not the one who signs. */
  readonly issuer?: string;
  /** Hash of the signature. */
  readonly hash?: keyof typeof ecdsa;
  /** Whether there is a critical extension that nobody knows. */
  readonly critical?: boolean;
  /** Extensions beside the usual ones, not critical: values by identifier. */
  readonly extensions?: Readonly<Record<string, Uint8Array>>;
}

/** Whose certificate, and who signs it. */
export interface P384Subject {
  readonly issuer: string;
  readonly subject: string;
  readonly key: KeyObject;
  readonly issuerKey: KeyObject;
}

const start = new Date("2022-01-01T00:00:00Z");
const end = new Date("2049-01-01T00:00:00Z");
const ecdsa = {
  sha256: sequence(objectId("1.2.840.10045.4.3.2")),
  sha384: sequence(objectId("1.2.840.10045.4.3.3")),
} as const;

/** keyCertSign and cRLSign. */
const caUsage = 0x06;

/** Signs a certificate; DER. */
export function certifyP384(who: P384Subject, request: P384CertificateRequest): Uint8Array {
  const isCa = request.isCa ?? true;
  const bits = request.usage ?? caUsage;
  const unused = Math.min(7, 31 - Math.clz32(bits & -bits));
  const pathLength = request.pathLength === undefined ? [] : [integer(request.pathLength)];
  const constraint = sequence(...(isCa ? [der(0x01, Uint8Array.of(0xff)), ...pathLength] : []));
  const hash = request.hash ?? "sha384";
  const others = Object.entries(request.extensions ?? {});
  const extensions = [
    extensionOf("2.5.29.19", constraint, true),
    extensionOf("2.5.29.15", bitString(Uint8Array.of(bits), unused), true),
    ...others.map(([oid, value]) => extensionOf(oid, value)),
    ...(request.critical ? [extensionOf("1.2.3.4", der(0x05), true)] : []),
  ];
  const body = sequence(
    der(0xa0, integer(2)),
    integer(request.serial ?? 7),
    ecdsa[hash],
    commonName(request.issuer ?? who.issuer),
    sequence(time(request.notBefore ?? start), time(request.notAfter ?? end)),
    commonName(who.subject),
    createPublicKey(who.key).export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  return sequence(body, ecdsa[hash], bitString(sign(hash, body, who.issuerKey)));
}
