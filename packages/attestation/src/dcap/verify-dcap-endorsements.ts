// SPDX-License-Identifier: Apache-2.0
/** Verifies Intel's endorsements without a quote: who issued them, for what, and how new they are. Intel PCS API version 4. */

import { allIssued, type IssuedEndorsement } from "../issued-endorsement.ts";
import { decide, type Refused, refuse, type Verdict } from "../verdict.ts";
import type { Certificate } from "../x509/certificate.ts";
import { caConstraint, hasKeyUsage, keyUsage } from "../x509/extensions.ts";
import type { RevocationList } from "../x509/revocation-list.ts";
import { chooseEndorsement } from "./choose-endorsement.ts";
import type { DcapEndorsements, Signed } from "./dcap-endorsements.ts";
import type { DcapRoot } from "./dcap-root.ts";
import { checkIntelPath, hasCommonName, hasName, type PathContext, pckPath } from "./intel-path.ts";

/** What endorsements are verified with. */
export interface DcapEndorsementTrust {
  readonly roots: readonly DcapRoot[];
  /** All endorsements at hand, those in question among them: chains and revocation lists are looked for here. */
  readonly known: DcapEndorsements;
}

/**
 * Verifies every endorsement of `own`; one that does not hold refuses them all. Certificates of issuers say nothing by
 * themselves and are passed over.
 *
 * @param at Instant at which they must be valid.
 */
export function verifyDcapEndorsements(
  own: DcapEndorsements,
  { roots, known }: DcapEndorsementTrust,
  at: Date,
): Verdict<readonly IssuedEndorsement[]> {
  return decide(() => {
    const { certificates, revocationLists } = known;
    const context: PathContext = { certificates, revocationLists, roots, at };
    const results = [
      ...own.tcbInfos.map((one) => verifyStatement(one, context, "tcb info")),
      ...own.identities.map((one) => verifyStatement(one, context, "identity")),
      ...own.revocationLists.map((list) => verifyList(list, context)),
      ...own.certificates
        .filter((one) => hasCommonName(one, pckPath))
        .map((pck) => verifyPck(pck, context)),
    ];
    return allIssued(results);
  });
}

type Statement = Signed<
  DcapEndorsements["tcbInfos"][number]["value"] | DcapEndorsements["identities"][number]["value"]
>;

function verifyStatement(
  statement: Statement,
  context: PathContext,
  what: string,
): IssuedEndorsement | Refused {
  const chosen = chooseEndorsement([statement], context, what);
  if ("kind" in chosen) {
    return chosen;
  }
  const { value } = chosen;
  const about = "fmspc" in value ? `tcb-info/${value.tee}/${value.fmspc}` : value.id;
  return {
    about: "fmspc" in value ? `intel/${about}` : `intel/identity/${about}`,
    number: BigInt(value.evaluationDataNumber),
    issuedAt: value.issueDate,
    nextUpdate: value.nextUpdate,
  };
}

function verifyPck(pck: Certificate, context: PathContext): IssuedEndorsement | Refused {
  const path = checkIntelPath(pck, pckPath, context);
  return "kind" in path ? path : { about: "intel/pck", nextUpdate: pck.notAfter };
}

/** Intel's CAs by the names that their lists are asked for by. */
const issuerNames = [
  ["platform", "Intel SGX PCK Platform CA"],
  ["processor", "Intel SGX PCK Processor CA"],
  ["root", "Intel SGX Root CA"],
] as const;

function verifyList(list: RevocationList, context: PathContext): IssuedEndorsement | Refused {
  const [name] = issuerNames.find(([, common]) => hasName(list.issuer, common)) ?? [];
  const issuers = context.certificates.filter(
    (one) => one.subject === list.issuer && isTrustedIssuer(one, context),
  );
  if (name === undefined || issuers.length === 0) {
    return refuse("untrusted-chain", "the issuer of a crl is none of Intel's");
  }
  if (!issuers.some((one) => list.isSignedBy(one.publicKey))) {
    return refuse("bad-signature", "a crl was not signed by its issuer");
  }
  if (!(list.thisUpdate <= context.at && context.at <= list.nextUpdate)) {
    return refuse("expired", "a crl is not valid at this time");
  }
  return {
    about: `intel/crl/${name}`,
    ...(list.number === undefined ? {} : { number: list.number }),
    issuedAt: list.thisUpdate,
    nextUpdate: list.nextUpdate,
  };
}

/** Whether a CA is a pinned root, or one that a pinned root certified and has not revoked. */
function isTrustedIssuer(issuer: Certificate, context: PathContext): boolean {
  const mayIssue =
    caConstraint(issuer).isCa &&
    hasKeyUsage(issuer, keyUsage.crlSign) &&
    issuer.notBefore <= context.at &&
    context.at <= issuer.notAfter;
  const pins = new Set(context.roots.map(({ fingerprint }) => fingerprint));
  if (pins.has(issuer.fingerprint)) {
    return mayIssue;
  }
  const root = context.certificates.find(
    (one) => pins.has(one.fingerprint) && issuer.isSignedBy(one.publicKey),
  );
  return mayIssue && root !== undefined && !isRevoked(issuer, root, context.revocationLists);
}

function isRevoked(
  { serial }: Certificate,
  root: Certificate,
  lists: readonly RevocationList[],
): boolean {
  return lists.some(
    (list) =>
      list.issuer === root.subject && list.isSignedBy(root.publicKey) && list.revoked.has(serial),
  );
}
