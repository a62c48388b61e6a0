// SPDX-License-Identifier: Apache-2.0
/** AMD's revocation list: which signing keys (ASK, ASVK) the root has withdrawn. RFC 5280 section 5; AMD 57230, section 4. */

import { constants, verify, X509Certificate } from "node:crypto";
import { isStrongroomError, toHex } from "@strongroom/core";
import { CertificateRevocationList } from "pkijs";
import { malformed } from "../byte-reader.ts";
import { type Refused, refuse } from "../verdict.ts";
import type { Certificate } from "../x509/certificate.ts";
import { assertDer } from "../x509/der.ts";

/** Bytes of a list; AMD's have few entries. */
const longest = 65_536;

/** RSASSA-PSS. */
const rsaPss = "1.2.840.113549.1.1.10";

/** What is read of a list. */
interface Crl {
  readonly issuer: string;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly revoked: ReadonlySet<string>;
  readonly signed: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
}

/** The keys whose revocation is in question. */
export interface AmdIssuers {
  readonly ark: Certificate;
  readonly signer: Certificate;
}

/**
 * Whether the root's own list was among those given, and lets the signing key be.
 *
 * `unbound` says that none of the lists names the root as its issuer. A list that does must be the root's, and valid
 * at `at`.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if one of the lists is none.
 */
export function checkRevocation(
  lists: readonly Uint8Array[],
  issuers: AmdIssuers,
  at: Date,
): Refused | "checked" | "unbound" {
  const own = lists.map(parseCrl).filter(({ issuer }) => issuer === issuers.ark.subject);
  for (const list of own) {
    const refused = checkList(list, issuers, at);
    if (refused !== undefined) {
      return refused;
    }
  }
  return own.length > 0 ? "checked" : "unbound";
}

function checkList(list: Crl, { ark, signer }: AmdIssuers, at: Date): Refused | undefined {
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 };
  if (!verify("sha384", list.signed, { key: ark.publicKey, ...pss }, list.signature)) {
    return refuse("untrusted-chain", "the revocation list was not signed by the root");
  }
  if (!(list.thisUpdate <= at && at <= list.nextUpdate)) {
    return refuse("expired", "the revocation list is not valid at this time");
  }
  return list.revoked.has(toSerial(signer))
    ? refuse("revoked", "the key that signs chips' keys was revoked")
    : undefined;
}

function toSerial({ der }: Certificate): string {
  return stripZeros(new X509Certificate(der).serialNumber.toLowerCase());
}

function stripZeros(hex: string): string {
  return hex.replace(/^0+(?=.)/u, "");
}

function parseCrl(der: Uint8Array): Crl {
  if (der.length > longest) {
    throw malformed("revocation list is too long");
  }
  assertDer(der);
  try {
    return toCrl(CertificateRevocationList.fromBER(new Uint8Array(der)));
  } catch (cause) {
    throw isStrongroomError(cause) ? cause : malformed("not a revocation list", cause);
  }
}

function toCrl(list: CertificateRevocationList): Crl {
  if (list.nextUpdate === undefined || list.signatureAlgorithm.algorithmId !== rsaPss) {
    throw malformed("revocation list without an end, or with another algorithm");
  }
  const entries = list.revokedCertificates ?? [];
  const extensions = [
    ...(list.crlExtensions?.extensions ?? []),
    ...entries.flatMap(({ crlEntryExtensions }) => crlEntryExtensions?.extensions ?? []),
  ];
  // As issuingDistributionPoint, which would narrow the list to some certificates.
  if (extensions.some(({ critical }) => critical)) {
    throw malformed("revocation list with an extension that is not understood");
  }
  const serials = entries.map(({ userCertificate }) =>
    stripZeros(toHex(userCertificate.valueBlock.valueHexView)),
  );
  return {
    issuer: toHex(new Uint8Array(list.issuer.valueBeforeDecode)),
    thisUpdate: list.thisUpdate.value,
    nextUpdate: list.nextUpdate.value,
    revoked: new Set(serials),
    signed: list.tbsView.slice() as Uint8Array<ArrayBuffer>,
    signature: list.signatureValue.valueBlock.valueHexView.slice() as Uint8Array<ArrayBuffer>,
  };
}
