// SPDX-License-Identifier: Apache-2.0
/** Verifies Arm CCA tokens for `strongroom attestation verify`. */

import { readPlatformKeys, toBinary, toCcaClaims, verifyCcaToken } from "@strongroom/attestation";
import {
  type Answer,
  type Question,
  refuseDebug,
  toAnswer,
  toRefusal,
  toReportData,
} from "./answer.ts";

/** Verifies a token by the platforms' keys that the user names: Arm's platforms have no certificates. */
export function verifyCcaEvidence(question: Question): Answer {
  const { evidence, endorsements, trustRoots } = question;
  const keys = [...endorsements, ...trustRoots].flatMap(readPlatformKeys);
  const challenge = toReportData(question) ?? ("unbound" as const);
  const verdict = verifyCcaToken(toBinary(evidence), keys, { challenge });
  if (verdict.kind === "refused") {
    return toRefusal(verdict);
  }
  const { claims } = verdict;
  const refused = refuseDebug(question, claims.isDebug);
  return refused === undefined
    ? toAnswer(question, toCcaClaims(claims), { "key-given": true, debug: claims.isDebug })
    : toRefusal(refused);
}
