// SPDX-License-Identifier: Apache-2.0
/** The report of an Azure paravisor: the hardware's, and the runtime data that it is bound to. OpenHCL, attestation protocol. */

import { Buffer } from "node:buffer";
import { createHash, type KeyObject } from "node:crypto";

const hardwareOffset = 32;
const requestOffset = 1216;
const requestBytes = 20;

/** What the paravisor can do, behind requests of version 2: errors in words, advice to try again. */
const capabilities = Buffer.from([3, 0, 0, 0]);

/** Types of the hardware's report. */
const reportType = { snp: 2, tdx: 4 } as const;

/** What a report is made of. */
export interface HclReportRequest {
  readonly kind: keyof typeof reportType;
  /** The virtual TPM's attestation key, RSA. */
  readonly attestationKey: KeyObject;
  readonly vmId?: string;
  /** Version 2 has what the paravisor can do before the runtime data. */
  readonly requestVersion?: 1 | 2;
  /** Makes the hardware's report over its 64 bytes of data. */
  readonly hardware: (reportData: Uint8Array) => Uint8Array;
}

/** Makes a report: "HCLA", the hardware's report, hash type 1 (SHA-256), runtime data. */
export function makeHclReport(request: HclReportRequest): Uint8Array {
  const { n, e } = request.attestationKey.export({ format: "jwk" });
  const runtimeData = Buffer.from(
    JSON.stringify({
      keys: [{ kid: "HCLAkPub", key_ops: ["sign"], kty: "RSA", e, n }],
      "vm-configuration": { "tpm-enabled": true, vmUniqueId: request.vmId ?? "VM-1" },
    }),
  );
  const reportData = new Uint8Array(64);
  reportData.set(createHash("sha256").update(runtimeData).digest());
  const { requestVersion = 1 } = request;
  const content = Buffer.concat([...(requestVersion === 1 ? [] : [capabilities]), runtimeData]);
  const bytes = Buffer.alloc(requestOffset + requestBytes + content.length);
  bytes.write("HCLA", 0, "latin1");
  bytes.writeUInt32LE(1, 4);
  bytes.set(request.hardware(reportData), hardwareOffset);
  bytes.writeUInt32LE(requestBytes + content.length, requestOffset);
  bytes.writeUInt32LE(requestVersion, requestOffset + 4);
  bytes.writeUInt32LE(reportType[request.kind], requestOffset + 8);
  bytes.writeUInt32LE(1, requestOffset + 12);
  bytes.writeUInt32LE(runtimeData.length, requestOffset + 16);
  bytes.set(content, requestOffset + requestBytes);
  return new Uint8Array(bytes);
}
