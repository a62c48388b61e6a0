// SPDX-License-Identifier: Apache-2.0
/** AMD's revocation list: which signing keys (ASK, ASVK) the root has withdrawn. RFC 5280 section 5; AMD 57230, section 4. */

import { type Refused, refuse } from "../verdict.ts";
import type { Certificate } from "../x509/certificate.ts";
import type { RevocationList } from "../x509/revocation-list.ts";

/** The keys whose revocation is in question. */
export interface AmdIssuers {
  readonly ark: Certificate;
  readonly signer: Certificate;
}

/**
 * Whether a list of the root's that is valid at `at` was among those given, and lets the signing key be.
 *
 * `unbound` says that none of the lists names the root as its issuer. Of those that do, at least one must be the root's and
 * valid; what else was given, as an older one that somebody kept, takes nothing from it.
 */
export function checkRevocation(
  lists: readonly RevocationList[],
  { ark, signer }: AmdIssuers,
  at: Date,
): Refused | "checked" | "unbound" {
  const named = lists.filter(({ issuer }) => issuer === ark.subject);
  if (named.length === 0) {
    return "unbound";
  }
  const signed = named.filter((list) => list.isSignedBy(ark.publicKey));
  if (signed.length === 0) {
    return refuse("untrusted-chain", "the revocation list was not signed by the root");
  }
  const current = signed.filter((list) => list.thisUpdate <= at && at <= list.nextUpdate);
  if (current.length === 0) {
    return refuse("expired", "the revocation list is not valid at this time");
  }
  return current.some((list) => list.revoked.has(signer.serial))
    ? refuse("revoked", "the key that signs chips' keys was revoked")
    : "checked";
}
