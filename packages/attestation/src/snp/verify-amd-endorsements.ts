// SPDX-License-Identifier: Apache-2.0
/** Verifies AMD's endorsements without a report: who issued them, for which chip, and how new they are. AMD 57230, section 4. */

import { sha256, toHex, utf8 } from "@strongroom/core";
import { allIssued, type IssuedEndorsement } from "../issued-endorsement.ts";
import { decide, type Refused, refuse, type Verdict } from "../verdict.ts";
import { type Certificate, parseCertificate } from "../x509/certificate.ts";
import { parseRevocationList } from "../x509/revocation-list.ts";
import type { AmdRoot } from "./amd-roots.ts";
import { type AmdEndorser, endorseAmdKeys } from "./endorse-amd-key.ts";
import type { AmdEndorsements } from "./read-amd-endorsements.ts";

/** What endorsements are verified with. */
export interface AmdEndorsementTrust {
  readonly roots: readonly AmdRoot[];
  /** All endorsements at hand, those in question among them: chains and revocation lists are looked for here. */
  readonly known: AmdEndorsements;
}

/**
 * Verifies every endorsement of `own`; one that does not hold refuses them all.
 *
 * @param at Instant at which they must be valid.
 */
export function verifyAmdEndorsements(
  own: AmdEndorsements,
  trust: AmdEndorsementTrust,
  at: Date,
): Verdict<readonly IssuedEndorsement[]> {
  return decide(() => {
    const results = [
      ...own.certificates.map((der) => verifyCertificate(der, trust, at)),
      ...own.crls.map((der) => verifyList(der, trust, at)),
    ];
    // The certificates of a chain are about one thing.
    return allIssued(results);
  });
}

function verifyCertificate(
  der: Uint8Array,
  { roots, known }: AmdEndorsementTrust,
  at: Date,
): IssuedEndorsement | Refused {
  const fingerprint = toHex(sha256(der));
  const pinning = roots.filter(({ ark, ask, asvk }) =>
    [ark, ...ask, ...asvk].includes(fingerprint),
  );
  if (pinning.length > 0) {
    const certificate = parseCertificate(der);
    const product = productNamed(certificate, pinning);
    return { about: `amd/chain/${product}`, nextUpdate: certificate.notAfter };
  }
  const all = { certificates: [der, ...known.certificates], crls: known.crls };
  const [verdict] = endorseAmdKeys(all, { roots, revocation: "if-given" }, at);
  if (verdict?.kind !== "verified") {
    return verdict ?? refuse("untrusted-chain", "a certificate that is none of AMD's");
  }
  return { about: aboutLeaf(verdict.claims), nextUpdate: verdict.claims.notAfter };
}

function aboutLeaf({ leaf }: AmdEndorser): string {
  return leaf.holder.kind === "vcek"
    ? `amd/vcek/${leaf.product}/${toHex(leaf.holder.hwId)}/${toHex(leaf.tcb)}`
    : `amd/vlek/${leaf.product}/${toHex(leaf.tcb)}`;
}

function verifyList(
  der: Uint8Array,
  { roots, known }: AmdEndorsementTrust,
  at: Date,
): IssuedEndorsement | Refused {
  const list = parseRevocationList(der);
  const named = findRoots(list.issuer, roots, known.certificates);
  if (named.length === 0) {
    return refuse("untrusted-chain", "the issuer of a revocation list is none of AMD's roots");
  }
  const ark = named.find((one) => list.isSignedBy(one.publicKey));
  if (ark === undefined) {
    return refuse("bad-signature", "a revocation list was not signed by its root");
  }
  if (!(list.thisUpdate <= at && at <= list.nextUpdate)) {
    return refuse("expired", "a revocation list is not valid at this time");
  }
  return {
    about: `amd/crl/${productNamed(ark, roots)}`,
    ...(list.number === undefined ? {} : { number: list.number }),
    issuedAt: list.thisUpdate,
    nextUpdate: list.nextUpdate,
  };
}

/** Several may have one name: a test vendor's beside AMD's. */
function findRoots(
  name: string,
  roots: readonly AmdRoot[],
  certificates: readonly Uint8Array[],
): readonly Certificate[] {
  const pinned = new Set(roots.map(({ ark }) => ark));
  return certificates
    .filter((der) => pinned.has(toHex(sha256(der))))
    .map(parseCertificate)
    .filter(({ subject }) => subject === name);
}

/** The product in a certificate's name: one certificate may be pinned for several. AMD 57230, section 3.1. */
function productNamed({ subject }: Certificate, roots: readonly AmdRoot[]): string {
  const products = roots.map(({ product }) => product);
  return products.find((one) => subject.includes(toHex(utf8(`-${one}`)))) ?? "unknown";
}
