// SPDX-License-Identifier: Apache-2.0
/**
 * Verifies a report of an NVIDIA GPU or switch: its key's certificates up to NVIDIA's root, the firmware that the key was
 * made for, its signature, the nonce, what NVIDIA's responder says of the certificates. Whether the measurements are good
 * ones is asked by `appraiseMeasurements`, which takes NVIDIA's reference values. NVIDIA, "nvtrust", local GPU verifier.
 */

import { verify } from "node:crypto";
import { equalBytes, toHex } from "@strongroom/core";
import { assertInstant, assertStated, isByteString, isList, orUnbound } from "../stated.ts";
import { decide, type Refused, refuse, type Verdict } from "../verdict.ts";
import { type Certificate, parseCertificate } from "../x509/certificate.ts";
import { findNvidiaRoot, type NvidiaRoot, type Revocation } from "./find-nvidia-root.ts";
import { parseSpdmReport, type SpdmReport } from "./parse-spdm-report.ts";

/** NVIDIA Device Identity CA, published in nvtrust. */
export const nvidiaRoots: readonly NvidiaRoot[] = [
  {
    name: "nvidia-device-identity",
    class: "hardware",
    fingerprint: "102bf659d5419614c9d8e6aecebc80454eb26b1df6a769ac720b9a690b167b48",
  },
];

/** A report, and the certificates of the key that signed it, leaf first; DER. */
export interface DeviceEvidence {
  readonly report: Uint8Array;
  readonly certificates: readonly Uint8Array[];
}

/** What a report has to answer, and how it is known that its key was not revoked. */
export interface DeviceExpectation {
  /** What the requester chose, 32 bytes, or `unbound`. */
  readonly nonce: Uint8Array | "unbound";
  /** Responses about the certificates between leaf and root; `unbound`: nobody has to be asked. */
  readonly revocation: Revocation;
}

/** What a verified report says. */
export interface DeviceFacts {
  readonly report: SpdmReport;
  readonly leaf: Certificate;
  readonly root: NvidiaRoot;
  readonly binding: "bound" | "unbound";
  /** Whether report and certificate name the same firmware; switches do not name theirs. */
  readonly firmware: "checked" | "unnamed";
  readonly revocation: "checked" | "unbound";
}

/** Certificates that are looked at. */
const most = 16;

/** TCG DICE Attestation Architecture, section 6.1: in Hopper's certificates a composite device id, in later ones TCB info. */
const dice = ["2.23.133.5.4.1", "2.23.133.5.4.1.1"] as const;

/** Opaque field with the running firmware's digest. */
const firmwareField = 20;

/** FWID: SHA-384's identifier, then a digest of 48 bytes. */
const fwid = /06096086480165030402020430([0-9a-f]{96})/gu;

/**
 * Verifies a report; a missing response about revocation is a refusal, unless the expectation says that it may miss.
 *
 * @throws {StrongroomError} `BadParameter` if an expectation is missing.
 */
export function verifyDevice(
  { report: bytes, certificates }: DeviceEvidence,
  roots: readonly NvidiaRoot[],
  expected: DeviceExpectation,
  at: Date,
): Verdict<DeviceFacts> {
  assertInstant(at);
  assertStated(expected, { nonce: orUnbound(isByteString), revocation: orUnbound(isList) });
  const { nonce, revocation } = expected;
  return decide(() => {
    const report = parseSpdmReport(bytes);
    const [leaf, ...issuers] = certificates.slice(0, most).map(parseCertificate);
    if (leaf === undefined) {
      return refuse("endorsements-unavailable", "no certificate of the device's key");
    }
    // The leaf is made by the device itself, so that no responder knows it: NVIDIA, "attestation-sdk",
    // `generate_ocsp_claims` starts behind it too.
    const find = (responses: Revocation) =>
      findNvidiaRoot(leaf, issuers, roots, { first: 1, revocation: responses, at });
    // What is wrong with the evidence itself is said before what misses beside it.
    const genuine = find("unbound");
    const refused = "kind" in genuine ? genuine : checkReport(report, leaf, nonce);
    const firmware = refused ?? compareFirmware(leaf, report);
    if (typeof firmware === "object") {
      return firmware;
    }
    const root = find(revocation);
    return "kind" in root
      ? root
      : {
          kind: "verified",
          claims: { report, leaf, root, firmware, ...statesOf({ nonce, revocation }) },
        };
  });
}

function statesOf({ nonce, revocation }: DeviceExpectation) {
  return {
    binding: nonce === "unbound" ? "unbound" : "bound",
    revocation: revocation === "unbound" ? "unbound" : "checked",
  } as const;
}

function checkReport(
  report: SpdmReport,
  leaf: Certificate,
  nonce: DeviceExpectation["nonce"],
): Refused | undefined {
  const key = { key: leaf.publicKey, dsaEncoding: "ieee-p1363" as const };
  if (!verify("sha384", report.signed, key, report.signature)) {
    return refuse("bad-signature", "the report was not signed by the device's key");
  }
  return nonce === "unbound" || equalBytes(report.nonce, nonce)
    ? undefined
    : refuse("binding-mismatch", "the report answers another challenge");
}

/** A key is derived from the firmware that it was made for, whose digest its certificate names: DICE. */
function compareFirmware(leaf: Certificate, report: SpdmReport): DeviceFacts["firmware"] | Refused {
  const running = report.opaque.get(firmwareField);
  if (running === undefined) {
    return "unnamed";
  }
  const values = dice.flatMap((oid) => leaf.extensions.get(oid)?.value ?? []);
  const digests = values.flatMap((value) => [...toHex(value).matchAll(fwid)].map(([, hex]) => hex));
  const isNamed = running.some((byte) => byte !== 0) && digests.includes(toHex(running));
  return isNamed
    ? "checked"
    : refuse("binding-mismatch", "the device's key is of other firmware than runs");
}
