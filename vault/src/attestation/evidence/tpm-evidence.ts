// SPDX-License-Identifier: Apache-2.0
/** Quotes of TPMs before the authority: by the key that the node's device enrolled. */

import { type TpmEvidence, tpmEvidenceSchema } from "@strongroom/api";
import {
  parseTpmPublic,
  pcrRegisters,
  refuse,
  type TpmQuoteClaims,
  toAikClaims,
  toTpmMachineClaims,
  tpmPublicKey,
  type Verdict,
  verifyTpmQuote,
} from "@strongroom/attestation";
import { fromBase64url, fromHex, sha256 } from "@strongroom/core";
import { type EnrolledDevice, enrolledDevice } from "../enrolment-records.ts";
import { eventLogClaims } from "./event-log.ts";
import {
  type Appraisal,
  type AppraisedRoot,
  type Claims,
  decodeJson,
  type Evidence,
} from "./evidence.ts";

/** Evidence of a request's envelope. */
export function tpmEvidence(data: string): Evidence {
  const sent = tpmEvidenceSchema.parse(decodeJson(data));
  return {
    kind: "Tpm",
    digest: sha256(fromBase64url(sent.quote)),
    runtimeData: { bytes: fromBase64url(sent.runtimeData), type: "JSON" },
    verify: async ({ tx, rules, binding, nodeUid }) => {
      if (nodeUid === undefined) {
        return refuse("policy-denied", "a TPM's quote is taken of an enrolled node alone");
      }
      const device = await enrolledDevice(tx, nodeUid);
      const root = rules.ekRoots.get(device.root.fingerprint);
      if (root === undefined) {
        return refuse("untrusted-chain", "the root that vouched for the device is trusted no more");
      }
      const verdict = verifyTpmQuote(toQuote(sent), {
        akName: fromHex(device.akName ?? ""),
        extraData: binding,
        requiredPcrs: { sha256: rules.spec.tpm.pcrs },
      });
      return verdict.kind === "refused"
        ? verdict
        : appraise({ ...device.root, ...root }, sent, verdict.claims, device);
    },
  };
}

function toQuote(sent: TpmEvidence) {
  return {
    akPublic: fromBase64url(sent.akPublic),
    quote: fromBase64url(sent.quote),
    signature: fromBase64url(sent.signature),
    pcrs: sent.pcrs,
  };
}

function appraise(
  root: AppraisedRoot,
  { akPublic, eventLog }: TpmEvidence,
  quoted: TpmQuoteClaims,
  { device }: EnrolledDevice,
): Verdict<Appraisal> {
  const log = eventLogClaims(eventLog, pcrRegisters(quoted.pcrs), toTpmMachineClaims);
  if (log.kind === "refused") {
    return log;
  }
  const key = tpmPublicKey(parseTpmPublic(fromBase64url(akPublic)));
  const claims: Claims = {
    ...log.claims,
    // The key was enrolled by its device, for which a trusted root vouches.
    ...toAikClaims(key, true),
    "x-ms-attestation-type": "tpm",
    "x-strongroom-tier": "tpm",
    "x-strongroom-class": root.class,
    "x-strongroom-root": root.fingerprint,
    "x-strongroom-tpm": {
      pcrs: quoted.pcrs,
      "firmware-version": quoted.firmwareVersion,
      "reset-count": quoted.resetCount,
      "restart-count": quoted.restartCount,
    },
  };
  return { kind: "verified", claims: { claims, root, device } };
}
