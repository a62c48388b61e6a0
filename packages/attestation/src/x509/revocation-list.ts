// SPDX-License-Identifier: Apache-2.0
/** Certificate revocation lists, strictly: full lists of one issuer, DER only. RFC 5280 section 5. */

import { type KeyObject, verify } from "node:crypto";
import { isStrongroomError, toHex } from "@strongroom/core";
import { CertificateRevocationList } from "pkijs";
import { malformed } from "../byte-reader.ts";
import { toSerial } from "./certificate.ts";
import { assertDer } from "./der.ts";
import * as limits from "./limits.ts";

/** A list whose form was checked; nothing says yet who made it. */
export interface RevocationList {
  /** Name as hexadecimal DER. */
  readonly issuer: string;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** Serial numbers as {@link toSerial} spells them. */
  readonly revoked: ReadonlySet<string>;
  /** Whether the key made the signature. */
  readonly isSignedBy: (key: KeyObject) => boolean;
}

const ecdsaSha256 = "1.2.840.10045.4.3.2";

/** Parses a list. @throws {StrongroomError} `EvidenceMalformed` if it is none, or one that is not complete in itself. */
export function parseRevocationList(der: Uint8Array): RevocationList {
  if (der.length > limits.crlBytes) {
    throw malformed("crl is too long");
  }
  assertDer(der);
  try {
    return toRevocationList(der);
  } catch (cause) {
    throw isStrongroomError(cause) ? cause : malformed("not a crl", cause);
  }
}

function toRevocationList(der: Uint8Array): RevocationList {
  const parsed = CertificateRevocationList.fromBER(new Uint8Array(der));
  const { nextUpdate, signature, signatureAlgorithm } = parsed;
  // Without an end a list that was withheld for years would still do.
  if (nextUpdate === undefined) {
    throw malformed("crl has no end");
  }
  if (signature.algorithmId !== signatureAlgorithm.algorithmId) {
    throw malformed("crl names two signature algorithms");
  }
  const entries = parsed.revokedCertificates ?? [];
  const lists = [parsed.crlExtensions, ...entries.map((entry) => entry.crlEntryExtensions)];
  // Delta lists, lists of one reason and lists of other issuers say so in critical extensions.
  if (lists.some((list) => list?.extensions.some(({ critical }) => critical) === true)) {
    throw malformed("crl has a critical extension that is not understood");
  }
  const signed = new Uint8Array(parsed.tbsView);
  const value = new Uint8Array(parsed.signatureValue.valueBlock.valueHexView);
  return {
    issuer: toHex(new Uint8Array(parsed.issuer.valueBeforeDecode)),
    thisUpdate: parsed.thisUpdate.value,
    nextUpdate: nextUpdate.value,
    revoked: new Set(
      entries.map((entry) =>
        toSerial(new Uint8Array(entry.userCertificate.valueBlock.valueHexView)),
      ),
    ),
    isSignedBy: (key) =>
      signature.algorithmId === ecdsaSha256 &&
      key.asymmetricKeyType === "ec" &&
      verify("sha256", signed, key, value),
  };
}
