// SPDX-License-Identifier: Apache-2.0
/** Verifies a TDX or SGX quote with Intel's endorsements. Intel DCAP quote verification library, section 4.1.2. */

import { equalBytes } from "@strongroom/core";
import {
  assertInstant,
  assertStated,
  isByteString,
  isCount,
  isList,
  isOneOf,
  type Stated,
} from "../stated.ts";
import { decide, type Refused, refuse, type Verdict } from "../verdict.ts";
import { type Certificate, parseCertificate } from "../x509/certificate.ts";
import type { CertificatePath } from "../x509/find-paths.ts";
import {
  type CertifiedPlatform,
  type DcapTrust,
  platformKey,
  platformWindow,
} from "./certified-platform.ts";
import { checkDcapPolicy } from "./check-dcap-policy.ts";
import { checkQuoteSignatures, hasQeSignature } from "./check-quote-signatures.ts";
import { chooseEndorsement } from "./choose-endorsement.ts";
import { digestStatement } from "./collateral.ts";
import type { DcapRoot } from "./dcap-root.ts";
import type { DcapClaims, DcapExpectation } from "./dcap-verdict.ts";
import { type EnclaveIdentity, identityMismatch } from "./enclave-identity.ts";
import { evaluateTcb } from "./evaluate-tcb.ts";
import { checkIntelPath, hasCommonName, type PathContext, pckPath } from "./intel-path.ts";
import { parseQuote, type Quote } from "./parse-quote.ts";
import { type PckPlatform, readPckPlatform } from "./pck-certificate.ts";
import type { TcbInfo } from "./tcb-info.ts";

const allowance = isOneOf("refused", "accepted");

const stated: Stated<DcapExpectation> = {
  reportData: isByteString,
  acceptedTcb: isList,
  minimumTcbEvaluationDataNumber: isCount,
  debug: allowance,
  migratable: allowance,
};

/**
 * Verifies a quote.
 *
 * @param at Instant at which certificates, CRLs, TCB info and identity must be valid.
 * @throws {StrongroomError} `BadParameter` if an expectation is missing.
 */
export function verifyDcapQuote(
  bytes: Uint8Array,
  expected: DcapExpectation,
  trust: DcapTrust,
  at: Date,
): Verdict<DcapClaims> {
  assertInstant(at);
  assertStated(expected, stated);
  return decide(() => {
    const quote = parseQuote(bytes);
    const certified = certify(quote, trust, at);
    if ("class" in certified) {
      return certified;
    }
    const { root, platform, identity, info, collateral } = certified;
    const tcb = evaluateTcb({ quote, tcb: platform.tcb, info, identity });
    const numbers = [info.evaluationDataNumber, identity.evaluationDataNumber];
    const tcbEvaluationDataNumber = Math.min(...numbers);
    const claims = {
      ...{ bytes: bytes.slice(), root, quote, platform, tcb, tcbEvaluationDataNumber, collateral },
    };
    return checkExpectation(claims, expected) ?? { kind: "verified", claims };
  });
}

/** The quote's platform, if its signatures hold and its quoting enclave is Intel's. */
function certify(quote: Quote, trust: DcapTrust, at: Date): CertifiedPlatform | Refused {
  const key = trust.cache && platformKey(quote, trust);
  const held = key === undefined ? undefined : trust.cache?.get(key, at);
  if (held !== undefined) {
    return checkQuoteSignatures(quote, held.pck) ?? checkQe(quote, held.identity) ?? held;
  }
  const certified = checkPck(quote, trust, at);
  if ("kind" in certified) {
    return certified;
  }
  const { path, context } = certified;
  const pck = path[0].publicKey;
  const unsigned = checkQuoteSignatures(quote, pck);
  if (unsigned !== undefined) {
    return unsigned;
  }
  const platform = readPckPlatform(path[0]);
  const chosen = chooseStatements(quote, platform, trust, context);
  if ("kind" in chosen) {
    return chosen;
  }
  const answer = { pck, root: rootOf(path, trust.roots), platform, ...chosen };
  if (key !== undefined) {
    trust.cache?.set(key, answer, platformWindow(context.certificates, trust.endorsements, at));
  }
  return answer;
}

interface Certified {
  readonly path: CertificatePath;
  readonly context: PathContext;
}

function checkPck(quote: Quote, trust: DcapTrust, at: Date): Certified | Refused {
  const { certification } = quote.signature;
  const supplied =
    certification.kind === "chain" ? certification.certificates.map(parseCertificate) : [];
  const { certificates, revocationLists } = trust.endorsements;
  const leaf = supplied[0] ?? findPck(quote, certificates);
  if (leaf === undefined) {
    return refuse("endorsements-unavailable", "no pck certificate of the platform");
  }
  const all = [...supplied, ...certificates];
  const context = { certificates: all, revocationLists, roots: trust.roots, at };
  const path = checkIntelPath(leaf, pckPath, context);
  return "kind" in path ? path : { path, context };
}

/** The certificate of the key that signed, where the quote says no more than which platform it is of. */
function findPck(quote: Quote, certificates: readonly Certificate[]): Certificate | undefined {
  return certificates.find(
    (one) => hasCommonName(one, pckPath) && hasQeSignature(quote, one.publicKey),
  );
}

type Statements = Pick<CertifiedPlatform, "collateral" | "identity" | "info">;

function chooseStatements(
  quote: Quote,
  platform: PckPlatform,
  { endorsements }: DcapTrust,
  context: PathContext,
): Statements | Refused {
  const { kind } = quote.body;
  const infos = endorsements.tcbInfos.filter(({ value }) => isAbout(value, kind, platform));
  const id = kind === "tdx" ? "TD_QE" : "QE";
  const identities = endorsements.identities.filter(({ value }) => value.id === id);
  const identity = chooseEndorsement(identities, context, "identity");
  if ("kind" in identity) {
    return identity;
  }
  const foreign = checkQe(quote, identity.value);
  const info = foreign ?? chooseEndorsement(infos, context, "tcb info");
  if ("kind" in info) {
    return info;
  }
  const digestOf = (chosen: typeof identity | typeof info) =>
    digestStatement(chosen, context.revocationLists, context.at);
  return {
    ...{ identity: identity.value, info: info.value },
    collateral: { identity: digestOf(identity), info: digestOf(info) },
  };
}

function isAbout(info: TcbInfo, tee: TcbInfo["tee"], platform: PckPlatform): boolean {
  return info.tee === tee && info.fmspc === platform.fmspc && info.pceId === platform.pceId;
}

/** Without this any enclave on a genuine platform could vouch for any key (CVE-2026-22696). */
function checkQe(quote: Quote, identity: EnclaveIdentity): Refused | undefined {
  const mismatch = identityMismatch(quote.signature.qeReport, identity);
  return mismatch === undefined
    ? undefined
    : refuse("untrusted-chain", `the quoting enclave has another ${mismatch} than Intel's`);
}

function rootOf(path: CertificatePath, roots: readonly DcapRoot[]): DcapRoot {
  const fingerprint = path.at(-1)?.fingerprint;
  const root = roots.find((one) => one.fingerprint === fingerprint);
  if (root === undefined) {
    throw new TypeError("a path ends at a root that is not configured");
  }
  return root;
}

function checkExpectation(claims: DcapClaims, expected: DcapExpectation): Refused | undefined {
  const { report } = claims.quote.body;
  if (!equalBytes(report.reportData, expected.reportData)) {
    return refuse("binding-mismatch", "the quote is bound to other data");
  }
  // So written that a number that is missing lets nothing through.
  if (!(claims.tcbEvaluationDataNumber >= expected.minimumTcbEvaluationDataNumber)) {
    return refuse("endorsements-unavailable", "the endorsements are older than ones seen before");
  }
  return checkDcapPolicy(claims, expected);
}
