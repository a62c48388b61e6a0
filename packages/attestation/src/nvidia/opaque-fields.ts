// SPDX-License-Identifier: Apache-2.0
/** What a report's vendor fields say. NVIDIA, "attestation-sdk", `GpuOpaqueDataType` and `SwitchOpaqueDataType`. */

import type { SpdmReport } from "./parse-spdm-report.ts";

const field = { driver: 3, vbios: 6, nvdec0: 11 } as const;

/** NVIDIA's value for a decoder that is switched off. */
const disabled = 0x55;

/** Versions as NVIDIA writes them. */
export interface DeviceVersions {
  /** A switch has none. */
  readonly driver: string | undefined;
  readonly vbios: string | undefined;
}

/** The versions that run. */
export function readVersions({ opaque }: SpdmReport): DeviceVersions {
  const [driver, vbios] = [opaque.get(field.driver), opaque.get(field.vbios)];
  return {
    driver: driver && toText(driver),
    vbios: vbios && toVbios(vbios),
  };
}

/** Whether the video decoder NVDEC0 is off, which then measures nothing. */
export function isDecoderOff({ opaque }: SpdmReport): boolean {
  return opaque.get(field.nvdec0)?.[0] === disabled;
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
