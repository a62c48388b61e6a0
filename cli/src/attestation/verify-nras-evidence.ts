// SPDX-License-Identifier: Apache-2.0
/** Verifies tokens of NVIDIA's attestation service for `strongroom attestation verify`. */

import { appraiseNras, type NrasFacts, type Refused, verifyNras } from "@strongroom/attestation";
import { type Answer, type Question, refuseDebug, toAnswer, toRefusal } from "./answer.ts";
import { saysDebug } from "./token-claims.ts";
import { issuerOf } from "./verify-jwt-evidence.ts";

/** Verifies the token over all devices and those of each, by the keys that the user names. */
export function verifyNrasEvidence(question: Question): Answer {
  const { evidence, binding, at } = question;
  const nonce = binding === undefined ? "unbound" : Buffer.from(binding.bytes).toString("hex");
  const verdict = verifyNras(evidence, issuerOf(question), nonce, at);
  if (verdict.kind === "refused") {
    return toRefusal(verdict);
  }
  const devices = Object.fromEntries(verdict.claims.devices);
  const isDebug = saysDebug(devices);
  const refused = refuseDebug(question, isDebug) ?? appraise(verdict.claims, isDebug);
  const claims = { ...verdict.claims.overall, "x-strongroom-devices": devices };
  return refused === undefined
    ? toAnswer(question, claims, { debug: isDebug })
    : toRefusal(refused);
}

/** Debug that was allowed is no reason to refuse the rest. */
function appraise(facts: NrasFacts, isDebug: boolean): Refused | undefined {
  const devices = isDebug
    ? new Map([...facts.devices].map(([name, one]) => [name, { ...one, dbgstat: "disabled" }]))
    : facts.devices;
  return appraiseNras({ ...facts, devices });
}
