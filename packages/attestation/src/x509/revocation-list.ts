// SPDX-License-Identifier: Apache-2.0
/** Certificate revocation lists, strictly: full lists of one issuer, DER only. RFC 5280 section 5. */

import { constants, type KeyObject, verify } from "node:crypto";
import { isStrongroomError, toHex } from "@strongroom/core";
import { CertificateRevocationList } from "pkijs";
import { ByteReader, malformed } from "../byte-reader.ts";
import { toSerial } from "./certificate.ts";
import { assertDer } from "./der.ts";
import * as limits from "./limits.ts";

/** A list whose form was checked; nothing says yet who made it. */
export interface RevocationList {
  readonly der: Uint8Array;
  /** Name as hexadecimal DER. */
  readonly issuer: string;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** CRLNumber, which rises with each list of an issuer; RFC 5280 section 5.2.3. */
  readonly number?: bigint;
  /** Serial numbers as {@link toSerial} spells them. */
  readonly revoked: ReadonlySet<string>;
  /** Whether the key made the signature. */
  readonly isSignedBy: (key: KeyObject) => boolean;
}

const algorithm = { ecdsaSha256: "1.2.840.10045.4.3.2", rsaPss: "1.2.840.113549.1.1.10" } as const;

const crlNumberOid = "2.5.29.20";

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
  const number = readNumber(parsed);
  const signed = new Uint8Array(parsed.tbsView);
  const value = new Uint8Array(parsed.signatureValue.valueBlock.valueHexView);
  return {
    der,
    issuer: toHex(new Uint8Array(parsed.issuer.valueBeforeDecode)),
    thisUpdate: parsed.thisUpdate.value,
    nextUpdate: nextUpdate.value,
    ...(number === undefined ? {} : { number }),
    revoked: new Set(
      entries.map((entry) =>
        toSerial(new Uint8Array(entry.userCertificate.valueBlock.valueHexView)),
      ),
    ),
    isSignedBy: (key) => isSignature({ key, signed, value, id: signature.algorithmId }),
  };
}

interface SignatureParts {
  readonly key: KeyObject;
  readonly signed: Uint8Array;
  readonly value: Uint8Array;
  /** OID of the algorithm. */
  readonly id: string;
}

/** The two algorithms in use: Intel's, and AMD's with its one set of parameters. Any other is no signature here. */
function isSignature({ key, signed, value, id }: SignatureParts): boolean {
  if (id === algorithm.ecdsaSha256) {
    return key.asymmetricKeyType === "ec" && verify("sha256", signed, key, value);
  }
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 };
  return (
    id === algorithm.rsaPss &&
    key.asymmetricKeyType === "rsa" &&
    verify("sha384", signed, { key, ...pss }, value)
  );
}

function readNumber({ crlExtensions }: CertificateRevocationList): bigint | undefined {
  const found = crlExtensions?.extensions.find(({ extnID }) => extnID === crlNumberOid);
  if (found === undefined) {
    return undefined;
  }
  const reader = new ByteReader(found.extnValue.valueBlock.valueHexView.slice());
  const isInteger = reader.u8() === 0x02;
  const length = reader.u8();
  // At most 20 bytes, as serial numbers.
  if (!isInteger || length === 0 || length > 21) {
    throw malformed("crl has a number that is none");
  }
  const digits = toHex(reader.bytes(length));
  reader.end();
  return BigInt(`0x${digits}`);
}
