// SPDX-License-Identifier: Apache-2.0
/** Verifies what NVIDIA's devices or its attestation service say, for `strongroom attestation verify`. */

import {
  appraiseNras,
  isOcspResponse,
  type NrasFacts,
  type Refused,
  readDeviceEvidence,
  readRim,
  toBinary,
  verifyNras,
} from "@strongroom/attestation";
import { type Answer, type Question, refuseDebug, toAnswer, toRefusal } from "./answer.ts";
import { saysDebug } from "./token-claims.ts";
import { issuerOf } from "./verify-jwt-evidence.ts";
import { verifyNvidiaDevices } from "./verify-nvidia-devices.ts";

/** Verifies the service's tokens, or reports of devices themselves where these are what came. */
export function verifyNrasEvidence(question: Question): Answer {
  const devices = readDeviceEvidence(question.evidence, question.endorsements.filter(isChain));
  return devices === undefined ? verifyTokens(question) : verifyNvidiaDevices(devices, question);
}

/** What may be certificates: neither a responder's answer nor reference values. */
function isChain(file: Uint8Array): boolean {
  return !isOcspResponse(toBinary(file)) && readRim(file) === undefined;
}

/** The token over all devices and those of each, by the keys that the user names. */
function verifyTokens(question: Question): Answer {
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
