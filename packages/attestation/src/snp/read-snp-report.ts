// SPDX-License-Identifier: Apache-2.0
/** Finds the report in what devices and tools hand out. AMD 56860, table "MSG_REPORT_RSP"; kernel, sev-guest. */

import { malformed } from "../byte-reader.ts";
import { isSnpVersion, reportBytes } from "./parse-snp-report.ts";

/** MSG_REPORT_RSP: status, size, 24 bytes without meaning, the report. */
const response = { header: 0x20, longest: 4096 } as const;

/** A paravisor's report, "HCLA": the hardware's report follows its header. */
const paravisor = { magic: 0x414c4348, header: 32 } as const;

/** A report, and the certificate table that followed it. */
export interface FoundSnpReport {
  readonly report: Uint8Array;
  readonly certificateTable: Uint8Array | undefined;
}

/**
 * Takes a report as it is, in hexadecimal or base64, in the firmware's answer or a paravisor's report, or with a
 * certificate table after it.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if there is none.
 */
export function readSnpReport(bytes: Uint8Array): FoundSnpReport {
  if (bytes.length < reportBytes) {
    throw malformed(`a report has ${reportBytes} bytes, not ${bytes.length}`);
  }
  const binary = fromText(bytes) ?? bytes;
  return fromParavisor(binary) ?? fromResponse(binary) ?? splitExtended(binary);
}

function fromParavisor(bytes: Uint8Array): FoundSnpReport | undefined {
  const { magic, header } = paravisor;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isWhole = bytes.length >= header + reportBytes && view.getUint32(0, true) === magic;
  return isWhole
    ? { report: bytes.slice(header, header + reportBytes), certificateTable: undefined }
    : undefined;
}

function fromResponse(bytes: Uint8Array): FoundSnpReport | undefined {
  const { header, longest } = response;
  if (bytes.length < header + reportBytes || bytes.length > longest) {
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isAnswer = view.getUint32(0, true) === 0 && view.getUint32(4, true) === reportBytes;
  return isAnswer
    ? { report: bytes.slice(header, header + reportBytes), certificateTable: undefined }
    : undefined;
}

/** What dstack writes before a report: version, kind of evidence, and the report's length as SCALE has it. */
const dstackHeader = [0x00, 0x03, 0x81, 0x12] as const;

/** Where a report begins: its version and signature algorithm are there. Undefined where none does. */
export function startOfSnpReport(bytes: Uint8Array): number | undefined {
  const isHeaded = dstackHeader.every((byte, index) => bytes[index] === byte);
  const start = isHeaded ? dstackHeader.length : 0;
  if (bytes.length < start + reportBytes) {
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isReport =
    isSnpVersion(view.getUint32(start, true)) && view.getUint32(start + 0x34, true) === 1;
  return isReport ? start : undefined;
}

function splitExtended(bytes: Uint8Array): FoundSnpReport {
  const start = startOfSnpReport(bytes) ?? 0;
  const rest = bytes.slice(start + reportBytes);
  return {
    report: bytes.slice(start, start + reportBytes),
    certificateTable: rest.length > 0 ? rest : undefined,
  };
}

function fromText(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.some((byte) => byte > 0x7a || (byte < 0x20 && byte !== 10 && byte !== 13))) {
    return undefined;
  }
  const text = String.fromCharCode(...bytes.subarray(0, longestText)).replaceAll(/\s/gu, "");
  if (/^(?:[0-9a-f]{2})+$/iu.test(text)) {
    return new Uint8Array(Buffer.from(text, "hex"));
  }
  return /^[A-Za-z0-9+/_-]+={0,2}$/u.test(text)
    ? new Uint8Array(Buffer.from(text, "base64"))
    : undefined;
}

/** Characters of text that are looked at. */
const longestText = 65_536;
