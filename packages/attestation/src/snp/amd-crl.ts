// SPDX-License-Identifier: Apache-2.0
/** AMD's revocation list: which signing keys (ASK, ASVK) the root has withdrawn. RFC 5280 section 5; AMD 57230, section 4. */

import { type Refused, refuse } from "../verdict.ts";
import type { Certificate } from "../x509/certificate.ts";
import { parseRevocationList, type RevocationList } from "../x509/revocation-list.ts";

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
  const own = lists.map(parseRevocationList).filter(({ issuer }) => issuer === issuers.ark.subject);
  for (const list of own) {
    const refused = checkList(list, issuers, at);
    if (refused !== undefined) {
      return refused;
    }
  }
  return own.length > 0 ? "checked" : "unbound";
}

function checkList(
  list: RevocationList,
  { ark, signer }: AmdIssuers,
  at: Date,
): Refused | undefined {
  if (!list.isSignedBy(ark.publicKey)) {
    return refuse("untrusted-chain", "the revocation list was not signed by the root");
  }
  if (!(list.thisUpdate <= at && at <= list.nextUpdate)) {
    return refuse("expired", "the revocation list is not valid at this time");
  }
  return list.revoked.has(signer.serial)
    ? refuse("revoked", "the key that signs chips' keys was revoked")
    : undefined;
}
