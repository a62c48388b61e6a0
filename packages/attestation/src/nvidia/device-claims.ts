// SPDX-License-Identifier: Apache-2.0
/** Claims of a verified device, in NVIDIA's names where its attestation service has them. */

import { X509Certificate } from "node:crypto";
import { toHex } from "@strongroom/core";
import type { JsonObject } from "../strict-json.ts";
import type { DeviceFacts } from "./verify-device.ts";

/** Fields of the report. NVIDIA, "nvtrust", opaque data. */
const field = { driver: 3, vbios: 6 } as const;

/** The claims; versions as NVIDIA writes them. */
export function toDeviceClaims({ report, leaf, root, firmware }: DeviceFacts): JsonObject {
  const driver = report.opaque.get(field.driver);
  const vbios = report.opaque.get(field.vbios);
  const model = readModel(leaf);
  // A switch has no driver.
  const bios = driver === undefined ? "x-nvidia-switch-bios-version" : "x-nvidia-gpu-vbios-version";
  return {
    eat_nonce: toHex(report.nonce),
    ...(model === undefined ? {} : { hwmodel: model }),
    ueid: BigInt(`0x${leaf.serial}`).toString(),
    ...(driver === undefined ? {} : { "x-nvidia-gpu-driver-version": toText(driver) }),
    ...(vbios === undefined ? {} : { [bios]: toVbios(vbios) }),
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

/** Text up to its zero; what is not printable is left out. */
function toText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.slice(0, end))
    .toString("latin1")
    .replaceAll(/[^\x20-\x7e]/gu, "");
}

/** A GPU has a number of four bytes, the lowest first, and one byte more; a switch has text. */
function toVbios(bytes: Uint8Array): string {
  if (bytes.length !== 8) {
    return toText(bytes);
  }
  const parts = [bytes[3], bytes[2], bytes[1], bytes[0], bytes[4]];
  return parts.map((part) => (part ?? 0).toString(16).padStart(2, "0").toUpperCase()).join(".");
}
