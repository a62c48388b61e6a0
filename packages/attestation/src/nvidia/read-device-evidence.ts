// SPDX-License-Identifier: Apache-2.0
/** Reports of GPUs and switches in what NVIDIA's tools write: JSON of several devices, or a report and a chain in files. */

import { utf8 } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { isJsonObject, parseStrictJson } from "../strict-json.ts";
import { asAscii, decodeText, toBinary } from "../text-encodings.ts";
import { parsePemBlocks } from "../x509/pem.ts";
import { readDeviceWrapper } from "./read-device-wrapper.ts";
import type { DeviceEvidence } from "./verify-device.ts";

/** Bytes of a file of eight GPUs are below 100 KiB. */
const longest = 1_048_576;

/** Devices of one machine. */
const mostDevices = 64;

/** Request GET_MEASUREMENTS of SPDM 1.1. */
const start = [0x11, 0xe0] as const;

/**
 * The devices of a file; undefined where it is about something else, as a bundle of tokens.
 *
 * @param chains PEM or DER that was given beside a report without certificates.
 * @throws {StrongroomError} `EvidenceMalformed` if a device's evidence or certificates are none.
 */
export function readDeviceEvidence(
  file: Uint8Array,
  chains: readonly Uint8Array[],
): readonly DeviceEvidence[] | undefined {
  const text = asAscii(file)?.trim() ?? "";
  if (/^[[{]/u.test(text)) {
    return readJson(file);
  }
  const report = toBinary(file);
  return start.every((byte, index) => report[index] === byte)
    ? [{ report, certificates: chains.flatMap(readChain) }]
    : undefined;
}

function readJson(file: Uint8Array): readonly DeviceEvidence[] | undefined {
  const whole = parseStrictJson(file, longest);
  // Agents of machines with GPUs put what they hand to the service into a text of their own answer.
  const payload = isJsonObject(whole) ? whole["nvidia_payload"] : undefined;
  const json = typeof payload === "string" ? parseStrictJson(utf8(payload), longest) : whole;
  const wrapped = isJsonObject(json)
    ? (readDeviceWrapper(json) ?? json["evidence_list"] ?? json["evidences"] ?? [json])
    : json;
  const list = Array.isArray(wrapped) ? wrapped : [];
  const devices = list.filter(isJsonObject).filter((one) => typeof one["evidence"] === "string");
  if (devices.length === 0 || devices.length !== list.length) {
    return undefined;
  }
  if (devices.length > mostDevices) {
    throw malformed("evidence of too many devices");
  }
  return devices.map(({ evidence, certificate }) => ({
    // NVIDIA's SDK in Python spells the report in hexadecimal first, and that in base64.
    report: toBinary(decode(evidence)),
    certificates: readChain(
      typeof certificate === "string" ? toChain(certificate) : decode(certificate),
    ),
  }));
}

function toChain(certificate: string): Uint8Array {
  return certificate.startsWith("-----BEGIN")
    ? new Uint8Array(Buffer.from(certificate))
    : decode(certificate);
}

function decode(value: unknown): Uint8Array {
  const bytes = typeof value === "string" ? decodeText(value) : undefined;
  if (bytes === undefined) {
    throw malformed("evidence has bytes in no known form");
  }
  return bytes;
}

function readChain(file: Uint8Array): readonly Uint8Array[] {
  const text = asAscii(file);
  return text === undefined
    ? [file]
    : parsePemBlocks(text).flatMap(({ label, der }) => (label === "CERTIFICATE" ? [der] : []));
}
