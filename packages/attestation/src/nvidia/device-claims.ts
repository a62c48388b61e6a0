// SPDX-License-Identifier: Apache-2.0
/** Claims of a verified device, in NVIDIA's names where its attestation service has them. */

import { X509Certificate } from "node:crypto";
import { toHex } from "@strongroom/core";
import type { JsonObject } from "../strict-json.ts";
import { readVersions } from "./opaque-fields.ts";
import type { DeviceFacts } from "./verify-device.ts";

/** The claims; versions as NVIDIA writes them. */
export function toDeviceClaims({ report, leaf, root, firmware }: DeviceFacts): JsonObject {
  const { driver, vbios } = readVersions(report);
  const model = readModel(leaf);
  // A switch has no driver.
  const bios = driver === undefined ? "x-nvidia-switch-bios-version" : "x-nvidia-gpu-vbios-version";
  return {
    eat_nonce: toHex(report.nonce),
    ...(model === undefined ? {} : { hwmodel: model }),
    ueid: BigInt(`0x${leaf.serial}`).toString(),
    ...(driver === undefined ? {} : { "x-nvidia-gpu-driver-version": driver }),
    ...(vbios === undefined ? {} : { [bios]: vbios }),
    "x-strongroom-class": root.class,
    "x-strongroom-nvidia-firmware": firmware,
    "x-strongroom-nvidia-measurements": Object.fromEntries(
      [...report.measurements].map(([index, digest]) => [String(index), toHex(digest)]),
    ),
    "x-strongroom-root": root.fingerprint,
  };
}

/** The model is the common name of the certificate of the device's own key, which issues the one that reports are signed under. */
function readModel({ der }: DeviceFacts["leaf"]): string | undefined {
  return /^CN=(.+)$/mu.exec(new X509Certificate(der).issuer)?.[1];
}
