// SPDX-License-Identifier: Apache-2.0
/** Verifies AMD's endorsements without a report: who issued them, for which chip, and how new they are. AMD 57230, section 4. */

import { sha256, toHex } from "@strongroom/core";
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
  const root = roots.find(({ ark, ask, asvk }) => [ark, ...ask, ...asvk].includes(fingerprint));
  if (root !== undefined) {
    return { about: `amd/chain/${root.product}`, nextUpdate: parseCertificate(der).notAfter };
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
  const found = findRoot(list.issuer, roots, known.certificates);
  if (found === undefined) {
    return refuse("untrusted-chain", "the issuer of a revocation list is none of AMD's roots");
  }
  if (!list.isSignedBy(found.certificate.publicKey)) {
    return refuse("bad-signature", "a revocation list was not signed by its root");
  }
  if (!(list.thisUpdate <= at && at <= list.nextUpdate)) {
    return refuse("expired", "a revocation list is not valid at this time");
  }
  return {
    about: `amd/crl/${found.root.product}`,
    ...(list.number === undefined ? {} : { number: list.number }),
    issuedAt: list.thisUpdate,
    nextUpdate: list.nextUpdate,
  };
}

interface FoundRoot {
  readonly root: AmdRoot;
  readonly certificate: Certificate;
}

function findRoot(
  name: string,
  roots: readonly AmdRoot[],
  certificates: readonly Uint8Array[],
): FoundRoot | undefined {
  const byFingerprint = new Map(roots.map((root) => [root.ark, root]));
  const found = certificates.flatMap((der) => {
    const root = byFingerprint.get(toHex(sha256(der)));
    return root === undefined ? [] : [{ root, certificate: parseCertificate(der) }];
  });
  return found.find(({ certificate }) => certificate.subject === name);
}
