// SPDX-License-Identifier: Apache-2.0
/** What an OCSP response says of one certificate, and how its values are taken apart. RFC 6960 section 4.2.1. */

import { toHex } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { toSerial } from "./certificate.ts";
import { type DerValue, derValues } from "./der.ts";
import { derExtensions, derParts, tag } from "./der-parts.ts";
import { readDerTime } from "./der-time.ts";

/** One status; whom it is about is named by hashes of the issuer, hexadecimal. */
export interface CertificateStatus {
  readonly hash: "sha1" | "sha256" | "sha384" | "sha512";
  readonly issuerName: string;
  readonly issuerKey: string;
  /** Serial number as {@link toSerial} spells it. */
  readonly serial: string;
  readonly status: "good" | "revoked" | "hold" | "unknown";
  readonly thisUpdate: Date;
  readonly nextUpdate?: Date;
}

/** CertStatus: NULL, RevokedInfo, NULL. */
const status = { good: 0x80, revoked: 0xa1, unknown: 0x82 } as const;

/** By the content of the identifier: 1.3.14.3.2.26, 2.16.840.1.101.3.4.2.1 to .3. Here they name an issuer and protect nothing. */
const hashes: ReadonlyMap<string, CertificateStatus["hash"]> = new Map([
  ["2b0e03021a", "sha1"],
  ["608648016503040201", "sha256"],
  ["608648016503040202", "sha384"],
  ["608648016503040203", "sha512"],
]);

/** CRLReason certificateHold. RFC 5280 section 5.3.1. */
const hold = "06";

/** Reads a SingleResponse. @throws {StrongroomError} `EvidenceMalformed` if it is none. */
export function readStatus(single: DerValue): CertificateStatus {
  const stated = derValues(single.content)[1]?.identifier ?? 0;
  const [id, said, from, end, extensions] = derParts(
    single,
    [tag.sequence, stated, tag.generalizedTime],
    [tag.explicit0, tag.explicit1],
  );
  derExtensions(extensions, []);
  const [algorithm, name, key, serial] = derParts(id, [
    ...([tag.sequence, tag.octets, tag.octets] as const),
    tag.integer,
  ]);
  const [hashId] = derParts(algorithm, [tag.oid], [tag.null]);
  const hash = hashes.get(toHex(hashId.content));
  if (hash === undefined) {
    throw malformed("an ocsp response names an issuer by an unknown hash");
  }
  return {
    hash,
    issuerName: toHex(name.content),
    issuerKey: toHex(key.content),
    serial: toSerial(serial.content),
    status: toStatus(said),
    thisUpdate: readDerTime(from),
    ...(end === undefined
      ? {}
      : { nextUpdate: readDerTime(derParts(end, [tag.generalizedTime])[0]) }),
  };
}

function toStatus({ identifier, content }: DerValue): CertificateStatus["status"] {
  if (identifier === status.revoked) {
    const [, reason] = derParts({ content }, [tag.generalizedTime], [tag.explicit0]);
    const [code] = reason === undefined ? [] : derParts(reason, [tag.enumerated]);
    return code !== undefined && toHex(code.content) === hold ? "hold" : "revoked";
  }
  if (content.length > 0 || (identifier !== status.good && identifier !== status.unknown)) {
    throw malformed("an ocsp response has a status of another form");
  }
  return identifier === status.good ? "good" : "unknown";
}
