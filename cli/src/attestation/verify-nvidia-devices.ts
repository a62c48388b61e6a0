// SPDX-License-Identifier: Apache-2.0
/** Verifies reports of NVIDIA's devices, and their measurements by NVIDIA's reference values where these were brought. */

import {
  appraiseMeasurements,
  type DeviceEvidence,
  type DeviceFacts,
  type DeviceReferences,
  isOcspResponse,
  type NvidiaRoot,
  type Refused,
  type RimFacts,
  readRim,
  toBinary,
  toDeviceClaims,
  toReferenceClaims,
  type Verdict,
  verifyDevice,
  verifyRim,
} from "@strongroom/attestation";
import { type Answer, type Question, toAnswer, toRefusal } from "./answer.ts";
import { readNvidiaRimRoots, readNvidiaRoots } from "./read-trust-roots.ts";

/** Every device has to be genuine, and none of its chain revoked by a response that was brought. */
export function verifyNvidiaDevices(
  devices: readonly DeviceEvidence[],
  question: Question,
): Answer {
  const revocation = readResponses(question);
  const expected = { nonce: question.binding?.bytes ?? ("unbound" as const), revocation };
  const roots = readNvidiaRoots(question.trustRoots);
  const facts = all(devices.map((device) => verifyDevice(device, roots, expected, question.at)));
  if ("kind" in facts) {
    return toRefusal(facts);
  }
  const rims = verifyRims(question, revocation);
  if ("kind" in rims) {
    return toRefusal(rims);
  }
  const references =
    rims.length === 0
      ? facts.map(() => undefined)
      : all(facts.map((device) => appraiseMeasurements(device, rims)));
  return "kind" in references
    ? toRefusal(references)
    : toAnswer(question, toClaims(facts, references), {
        "measurements-unappraised": rims.length === 0,
        "revocation-unchecked": facts.some((one) => one.revocation === "unbound"),
        "firmware-unnamed": facts.some(({ firmware }) => firmware === "unnamed"),
        "trailing-bytes": facts.some(({ report }) => report.trailing > 0),
      });
}

function readResponses({ endorsements }: Question) {
  const responses = endorsements.map(toBinary).filter(isOcspResponse);
  return responses.length === 0
    ? ("unbound" as const)
    : responses.map((response) => ({ response }));
}

/** Every manifest that was brought has to be good, whether or not it is of a device that is there. */
function verifyRims(
  { endorsements, trustRoots, at }: Question,
  revocation: ReturnType<typeof readResponses>,
): readonly RimFacts[] | Refused {
  const manifests = endorsements.flatMap((file) => readRim(file) ?? []);
  const roots = readNvidiaRimRoots(trustRoots);
  return all(manifests.map((manifest) => verifyRim(manifest, roots, revocation, at)));
}

/** What was verified, or the first refusal. */
function all<Claims>(verdicts: readonly Verdict<Claims>[]): readonly Claims[] | Refused {
  const refused = verdicts.find((verdict) => verdict.kind === "refused");
  return (
    refused ?? verdicts.flatMap((verdict) => (verdict.kind === "verified" ? [verdict.claims] : []))
  );
}

function toClaims(
  facts: readonly DeviceFacts[],
  references: readonly (DeviceReferences | undefined)[],
): Readonly<Record<string, unknown>> {
  const devices = facts.map((one, index) => {
    const reference = references[index];
    const claims = reference === undefined ? {} : toReferenceClaims(reference);
    return [`DEVICE-${index}`, { ...toDeviceClaims(one), ...claims }] as const;
  });
  const roots = [...facts, ...references.flatMap(rootsOf)].map((one) => one.root);
  return {
    "x-ms-attestation-type": "nvidia",
    "x-strongroom-class": weakestOf(roots),
    "x-strongroom-devices": Object.fromEntries(devices),
  };
}

function rootsOf(references: DeviceReferences | undefined): readonly RimFacts[] {
  return references === undefined ? [] : [references.driver ?? [], references.vbios].flat();
}

/** Values of somebody else's make no more of a device than that somebody vouches for. */
function weakestOf(roots: readonly NvidiaRoot[]): NvidiaRoot["class"] {
  return roots.find((one) => one.class !== "hardware")?.class ?? "hardware";
}
