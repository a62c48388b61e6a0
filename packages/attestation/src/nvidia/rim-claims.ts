// SPDX-License-Identifier: Apache-2.0
/** Claims about the reference values that a device's measurements agree with, in the names of NVIDIA's attestation service. */

import type { JsonObject } from "../strict-json.ts";
import type { DeviceReferences } from "./appraise-measurements.ts";
import type { RimFacts } from "./verify-rim.ts";

/** What the service says of a device whose measurements are good ones; of any other it is not said. */
export function toReferenceClaims({ driver, vbios }: DeviceReferences): JsonObject {
  const sound = { measres: "success", secboot: true, dbgstat: "disabled" };
  const { manufacturer } = (driver ?? vbios).rim;
  const maker = manufacturer === undefined ? {} : { oemid: manufacturer };
  if (driver === undefined) {
    const device = { "x-nvidia-device-type": "nvswitch" };
    return { ...sound, ...maker, ...device, ...ofRim("x-nvidia-switch-bios-rim", vbios) };
  }
  return {
    ...sound,
    ...maker,
    "x-nvidia-device-type": "gpu",
    ...ofRim("x-nvidia-gpu-driver-rim", driver),
    ...ofRim("x-nvidia-gpu-vbios-rim", vbios),
    "x-nvidia-gpu-vbios-index-no-conflict": true,
  };
}

function ofRim(name: string, { expires, revocation }: RimFacts): JsonObject {
  return {
    [`${name}-fetched`]: true,
    [`${name}-schema-validated`]: true,
    [`${name}-signature-verified`]: true,
    [`${name}-version-match`]: true,
    [`${name}-measurements-available`]: true,
    [`${name}-cert-chain`]: {
      "x-nvidia-cert-status": "valid",
      "x-nvidia-cert-expiration-date": expires.toISOString().replace(".000Z", "Z"),
      ...(revocation === "checked" ? { "x-nvidia-cert-ocsp-status": "good" } : {}),
    },
  };
}
