// SPDX-License-Identifier: Apache-2.0
/**
 * Reports of NVIDIA's devices in a collection of conceptual messages, as `nvattest collect-evidence-v2` writes it.
 * draft-ietf-rats-msg-wrap, "CMW Collections"; the types of what is in it are NVIDIA's own.
 */

import { malformed } from "../byte-reader.ts";
import { isJsonObject, type JsonObject } from "../strict-json.ts";

const media = {
  evidence: "application/vnd.nvidia.spdm-measurement-transcript",
  certificate: "application/vnd.nvidia.pem-cert-chain",
} as const;

/** A device's report and chain, each as its text in base64. */
export interface WrappedDevice {
  readonly evidence: string;
  readonly certificate: string;
}

/**
 * The devices of a collection; undefined where the object is none, or has no collection of a device in it.
 *
 * What else is beside them, as the nonce that was asked with, nobody signed, and is passed over.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if one has evidence of another type.
 */
export function readDeviceWrapper(json: JsonObject): readonly WrappedDevice[] | undefined {
  const { __cmwc_t: type, ...members } = json;
  const devices = typeof type === "string" ? Object.values(members).filter(isJsonObject) : [];
  return devices.length === 0
    ? undefined
    : devices.map((device) => ({
        evidence: readRecord(device, "evidence"),
        certificate: readRecord(device, "certificate"),
      }));
}

/** A list of type and text. */
function readRecord(device: JsonObject, name: keyof typeof media): string {
  const { [name]: record } = device;
  const [type, value] = Array.isArray(record) ? (record as readonly unknown[]) : [];
  if (type !== media[name] || typeof value !== "string") {
    throw malformed(`a wrapped device has ${name} of another type, or none`);
  }
  return value;
}
