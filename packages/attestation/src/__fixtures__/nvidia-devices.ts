// SPDX-License-Identifier: Apache-2.0
/** Devices and reference values of test vendors, verified, that agree with each other unless a test says otherwise. */

import {
  createNvidiaVendor,
  createRimVendor,
  type NvidiaReportRequest,
  type RimRequest,
} from "@strongroom/testing";
import { type DeviceFacts, verifyDevice } from "../nvidia/verify-device.ts";
import { type RimFacts, verifyRim } from "../nvidia/verify-rim.ts";
import type { Verdict } from "../verdict.ts";

const devices = createNvidiaVendor();
const manifests = createRimVendor();
const at = new Date("2026-06-01T00:00:00Z");
const unbound = { nonce: "unbound", revocation: "unbound" } as const;
const rootOf = (fingerprint: string) => [{ name: "test", class: "software" as const, fingerprint }];

/** A device; usually with driver 590.12, VBIOS 96.00.A5.00.01, and 1 and 2 as its first two measurements. */
export function nvidiaDevice(request: NvidiaReportRequest): DeviceFacts {
  const device = devices.device(request);
  return claimsOf(verifyDevice(device, rootOf(devices.fingerprint), unbound, at));
}

/** A manifest; usually of that driver, for the second of them. */
export function nvidiaRim(request: RimRequest): RimFacts {
  const manifest = manifests.rim(request);
  return claimsOf(verifyRim(manifest, rootOf(manifests.fingerprint), "unbound", at));
}

function claimsOf<Claims>(verdict: Verdict<Claims>): Claims {
  if (verdict.kind === "refused") {
    throw new Error(verdict.reason);
  }
  return verdict.claims;
}
