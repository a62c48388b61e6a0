// SPDX-License-Identifier: Apache-2.0
/** Certificates and revocation lists as AMD makes them: names, algorithm, a CA's extensions. AMD 57230, section 3. */

import { constants, type KeyObject, sign } from "node:crypto";
import { bitString, der, distinguishedName, integer, objectId, sequence, time } from "./der.ts";

/** A revocation list: serial numbers, its own number, and how long it is valid. */
export interface AmdCrlRequest {
  readonly revoked?: readonly number[];
  readonly number?: number;
  readonly thisUpdate?: Date;
  readonly nextUpdate?: Date;
}

const crlNumber = "2.5.29.20";

/** When certificates begin and end, where nothing else is asked for. */
export const amdDates = {
  start: new Date("2022-01-01T00:00:00Z"),
  end: new Date("2049-01-01T00:00:00Z"),
  leafEnd: new Date("2032-01-01T00:00:00Z"),
} as const;

const sha384 = sequence(objectId("2.16.840.1.101.3.4.2.2"), der(0x05));
const pssSha384 = sequence(
  objectId("1.2.840.113549.1.1.10"),
  sequence(
    der(0xa0, sha384),
    der(0xa1, sequence(objectId("1.2.840.113549.1.1.8"), sha384)),
    der(0xa2, integer(48)),
  ),
);

const isTrue = der(0x01, Uint8Array.of(0xff));

/** basicConstraints of a CA, and keyUsage keyCertSign and cRLSign; both critical. */
export const amdCaExtensions = [
  sequence(objectId("2.5.29.19"), isTrue, der(0x04, sequence(isTrue))),
  sequence(objectId("2.5.29.15"), isTrue, der(0x04, der(0x03, Uint8Array.of(1, 0x06)))),
];

/** What a certificate says. */
export interface AmdCertificateParts {
  readonly issuer: string;
  readonly key: KeyObject;
  readonly subject: string;
  readonly serial: number;
  readonly publicKey: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly Uint8Array[];
}

/** Signs a certificate; DER. */
export function certifyAmd(parts: AmdCertificateParts): Uint8Array {
  const { extensions } = parts;
  const body = sequence(
    der(0xa0, integer(2)),
    integer(parts.serial),
    pssSha384,
    amdName(parts.issuer),
    sequence(time(parts.notBefore), time(parts.notAfter)),
    amdName(parts.subject),
    parts.publicKey.export({ type: "spki", format: "der" }),
    ...(extensions.length > 0 ? [der(0xa3, sequence(...extensions))] : []),
  );
  return sequence(body, pssSha384, bitString(signPss(body, parts.key)));
}

/** A name as AMD's certificates spell it. AMD 57230, section 3. */
function amdName(commonName: string): Uint8Array {
  return distinguishedName([
    ["2.5.4.11", "Engineering"],
    ["2.5.4.6", "US"],
    ["2.5.4.7", "Santa Clara"],
    ["2.5.4.8", "CA"],
    ["2.5.4.10", "Advanced Micro Devices"],
    ["2.5.4.3", commonName],
  ]);
}

/** Signs a revocation list; DER. */
export function makeAmdCrl(issuer: string, key: KeyObject, request: AmdCrlRequest): Uint8Array {
  const revoked = (request.revoked ?? []).map((serial) =>
    sequence(integer(serial), time(amdDates.start)),
  );
  const body = sequence(
    integer(1),
    pssSha384,
    amdName(issuer),
    time(request.thisUpdate ?? amdDates.start),
    time(request.nextUpdate ?? amdDates.leafEnd),
    ...(revoked.length > 0 ? [sequence(...revoked)] : []),
    der(0xa0, sequence(sequence(objectId(crlNumber), der(0x04, integer(request.number ?? 1))))),
  );
  return sequence(body, pssSha384, bitString(signPss(body, key)));
}

function signPss(body: Uint8Array, key: KeyObject): Uint8Array {
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return sign("sha384", body, { key, padding, saltLength: 48 });
}
