// SPDX-License-Identifier: Apache-2.0
/** Verifies what NVIDIA's devices or its attestation service say, for `strongroom attestation verify`. */

import {
  appraiseNras,
  type DeviceEvidence,
  isOcspResponse,
  type NrasFacts,
  type Refused,
  readDeviceEvidence,
  toBinary,
  toDeviceClaims,
  verifyDevice,
  verifyNras,
} from "@strongroom/attestation";
import { type Answer, type Question, refuseDebug, toAnswer, toRefusal } from "./answer.ts";
import { readNvidiaRoots } from "./read-trust-roots.ts";
import { saysDebug } from "./token-claims.ts";
import { issuerOf } from "./verify-jwt-evidence.ts";

/** Verifies the service's tokens, or reports of devices themselves where these are what came. */
export function verifyNrasEvidence(question: Question): Answer {
  const chains = question.endorsements.filter((file) => !isOcspResponse(toBinary(file)));
  const devices = readDeviceEvidence(question.evidence, chains);
  return devices === undefined ? verifyTokens(question) : verifyDevices(devices, question);
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

/** Every device has to be genuine, and none of its chain revoked by a response that was brought; what it measured is compared with nothing. */
function verifyDevices(devices: readonly DeviceEvidence[], question: Question): Answer {
  const responses = question.endorsements.map(toBinary).filter(isOcspResponse);
  const expected = {
    nonce: question.binding?.bytes ?? ("unbound" as const),
    revocation:
      responses.length === 0 ? ("unbound" as const) : responses.map((response) => ({ response })),
  };
  const roots = readNvidiaRoots(question.trustRoots);
  const verdicts = devices.map((device) => verifyDevice(device, roots, expected, question.at));
  const refused = verdicts.find((verdict) => verdict.kind === "refused");
  if (refused !== undefined) {
    return toRefusal(refused);
  }
  const facts = verdicts.flatMap((verdict) =>
    verdict.kind === "verified" ? [verdict.claims] : [],
  );
  const named = facts.map((one, index) => [`DEVICE-${index}`, toDeviceClaims(one)] as const);
  const claims = {
    "x-ms-attestation-type": "nvidia",
    "x-strongroom-class": facts[0]?.root.class,
    "x-strongroom-devices": Object.fromEntries(named),
  };
  return toAnswer(question, claims, {
    "measurements-unappraised": true,
    "revocation-unchecked": facts.some(({ revocation }) => revocation === "unbound"),
    "firmware-unnamed": facts.some(({ firmware }) => firmware === "unnamed"),
    "trailing-bytes": facts.some(({ report }) => report.trailing > 0),
  });
}
