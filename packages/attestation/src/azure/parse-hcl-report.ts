// SPDX-License-Identifier: Apache-2.0
/** The report that Azure's paravisor keeps in its virtual TPM, NV index 0x01400001: layout and parsing. OpenHCL, `attestation` protocol. */

import { createHash } from "node:crypto";
import { equalBytes } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";

/** "HCLA". */
const magic = 0x414c4348;

/** Positions of the parts; the hardware's report is an SNP report, or a TDREPORT of 1024 bytes. */
const offset = { hardware: 32, request: 1216, variable: 1236 } as const;

/** Request data: its size with all that follows, its version, then the numbers that are read below; 20 bytes. */
const request = { bytes: 20, extendedSince: 2, longestExtension: 64 } as const;

const hardwareBytes = { snp: 1184, tdx: 1024 } as const;

/** Bytes of the NV index, which may be longer than what it holds. */
const longest = 8192;

const hashes = new Map([
  [1, "sha256"],
  [2, "sha384"],
  [3, "sha512"],
] as const);

/** Position of REPORTDATA in an SNP report and in a TDREPORT; 64 bytes. */
const reportDataOffset = { snp: 0x50, tdx: 128 } as const;

/** The report: what the hardware measured, and what the paravisor bound to it. */
export interface HclReport {
  readonly hardware: { readonly kind: "snp" | "tdx"; readonly report: Uint8Array };
  /** JSON of keys and configuration, byte for byte as it was hashed. */
  readonly runtimeData: Uint8Array;
  /** Whether the hardware's report data is the digest of the runtime data, and nothing more. */
  readonly isBound: boolean;
}

/**
 * Parses a report; padding after it is not looked at.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if it is none, short, or of another hardware or hash.
 */
export function parseHclReport(bytes: Uint8Array): HclReport {
  if (bytes.length < offset.variable || bytes.length > longest) {
    throw malformed(`an hcl report of ${bytes.length} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(4, true);
  if (view.getUint32(0, true) !== magic || (version !== 1 && version !== 2)) {
    throw malformed("not an hcl report");
  }
  const kind = readKind(view.getUint32(offset.request + 8, true));
  const hash = hashes.get(view.getUint32(offset.request + 12, true) as 1 | 2 | 3);
  const size = view.getUint32(offset.request + 16, true);
  const start = offset.variable + extensionBytes(view, size);
  if (hash === undefined || size > bytes.length - start) {
    throw malformed("an hcl report with another hash, or longer than it is");
  }
  const report = bytes.slice(offset.hardware, offset.hardware + hardwareBytes[kind]);
  const runtimeData = bytes.slice(start, start + size);
  const bound = new Uint8Array(64);
  bound.set(createHash(hash).update(runtimeData).digest());
  const data = reportDataOffset[kind];
  const isBound = equalBytes(report.subarray(data, data + 64), bound);
  return { hardware: { kind, report }, runtimeData, isBound };
}

/** Since version 2 of the request, what it can do stands between it and the runtime data; no hardware vouches for that. */
function extensionBytes(view: DataView, size: number): number {
  if (view.getUint32(offset.request + 4, true) < request.extendedSince) {
    return 0;
  }
  const extension = view.getUint32(offset.request, true) - request.bytes - size;
  if (extension < 0 || extension > request.longestExtension) {
    throw malformed("an hcl report whose lengths contradict each other");
  }
  return extension;
}

function readKind(type: number): "snp" | "tdx" {
  if (type === 2) {
    return "snp";
  }
  if (type === 4) {
    return "tdx";
  }
  throw malformed(`an hcl report of hardware ${type}`);
}
