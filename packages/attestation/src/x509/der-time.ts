// SPDX-License-Identifier: Apache-2.0
/** Times of certificates, lists and responses: to the second, in UTC. RFC 5280 section 4.1.2.5. */

import { malformed } from "../byte-reader.ts";
import type { DerValue } from "./der.ts";
import { tag } from "./der-parts.ts";

/** UTCTime has two digits of the year: from 50 on they are of the last century. */
const firstOfLastCentury = 50;

/** The instant of a UTCTime or GeneralizedTime. @throws {StrongroomError} `EvidenceMalformed` if it is none. */
export function readDerTime({ identifier, content }: DerValue): Date {
  const digits = Buffer.from(content).toString("latin1");
  const century = Number(digits.slice(0, 2)) < firstOfLastCentury ? "20" : "19";
  const text = identifier === tag.utcTime ? century + digits : digits;
  const spelled = text.replace(
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/u,
    "$1-$2-$3T$4:$5:$6.000Z",
  );
  const instant = new Date(spelled);
  if (Number.isNaN(instant.getTime()) || instant.toISOString() !== spelled) {
    throw malformed("a time that is none");
  }
  return instant;
}
