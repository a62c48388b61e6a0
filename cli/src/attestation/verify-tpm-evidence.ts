// SPDX-License-Identifier: Apache-2.0
/** Verifies TPM quotes for `strongroom attestation verify`. */

import {
  collectTpmEvidence,
  collectTpmKeys,
  findAttestationAnchors,
  pcrRegisters,
  refuse,
  toTpmClaims,
  toTpmMachineClaims,
  verifyAnchoredQuotes,
} from "@strongroom/attestation";
import { type Answer, type Question, toAnswer, toRefusal } from "./answer.ts";
import { proveEventLogs } from "./event-logs.ts";
import { readAttestationRoots, toGivenAnchors } from "./read-attestation-roots.ts";

/**
 * Verifies quotes by an attestation key that a root vouches for, or that the user named as a file of its own. A key that
 * is in the evidence itself is a claim and no more.
 */
export function verifyTpmEvidence(question: Question): Answer {
  const { endorsements, trustRoots, at } = question;
  const sent = collectTpmEvidence([question.evidence, ...endorsements]);
  if (sent.quotes.length === 0) {
    return toRefusal(refuse("malformed", "the evidence has no quote"));
  }
  const named = collectTpmKeys([...endorsements, ...trustRoots]);
  const certificates = [...sent.certificates, ...named.certificates];
  const certified = findAttestationAnchors(certificates, readAttestationRoots(trustRoots), at);
  const anchors = [...certified.anchors, ...toGivenAnchors(named)];
  const evidence = { ...sent, publicAreas: [...sent.publicAreas, ...named.publicAreas] };
  const extraData = question.binding?.bytes ?? ("unbound" as const);
  const verdict = verifyAnchoredQuotes(evidence, anchors, extraData);
  if (verdict.kind === "refused") {
    return toRefusal((anchors.length === 0 ? certified.refusals[0] : undefined) ?? verdict);
  }
  const { claims } = verdict;
  const log = proveEventLogs(evidence.eventLogs, pcrRegisters(claims.pcrs), toTpmMachineClaims);
  if ("kind" in log) {
    return toRefusal(log);
  }
  return toAnswer(
    question,
    { ...toTpmClaims(claims), ...log.claims },
    {
      "key-given": claims.anchor.root.name === "given",
      ...Object.fromEntries(claims.findings.map((finding) => [finding, true])),
      ...log.findings,
    },
  );
}
