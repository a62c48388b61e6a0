// SPDX-License-Identifier: Apache-2.0
/** An Azure confidential machine for tests: a paravisor's report over an SNP report, and quotes of its virtual TPM. */

import { Buffer } from "node:buffer";
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { type AmdReportRequest, makeAmdReport } from "./amd-report.ts";
import type { AmdVendor } from "./amd-vendor.ts";
import { makeHclReport } from "./hcl-report.ts";

/** What of a machine shall be different. */
export interface AzureMachineRequest {
  readonly vmId?: string;
  readonly report?: AmdReportRequest;
  /** Values of PCR 0 and those after it, at most 24; without them of PCR 0 to 7, PCR n being n+1 repeated. */
  readonly pcrs?: readonly Uint8Array[];
}

/** A quote as it travels. */
export interface AzureQuote {
  /** TPMS_ATTEST. */
  readonly quote: Uint8Array;
  /** The bare RSASSA signature. */
  readonly signature: Uint8Array;
  /** Values of the SHA-256 bank, hexadecimal. */
  readonly pcrs: Readonly<Record<string, string>>;
}

/** A machine. */
export interface AzureMachine {
  /** What NV index 0x01400001 holds. */
  readonly hclReport: Uint8Array;
  /** Quotes its PCRs. */
  readonly quote: (extraData: Uint8Array, signer?: KeyObject) => AzureQuote;
}

/** Makes a machine on the vendor's chip. */
export function createAzureMachine(
  vendor: AmdVendor,
  request: AzureMachineRequest = {},
): AzureMachine {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    hclReport: makeHclReport({
      ...{ kind: "snp", attestationKey: publicKey },
      ...(request.vmId !== undefined && { vmId: request.vmId }),
      hardware: (reportData) =>
        vendor.sign(makeAmdReport(vendor, { ...request.report, reportData })),
    }),
    quote: (extraData, signer = privateKey) => {
      const pcrs =
        request.pcrs ?? Array.from({ length: 8 }, (_, index) => Buffer.alloc(32, index + 1));
      const quote = attest(extraData, pcrs);
      return {
        quote,
        signature: new Uint8Array(sign("sha256", quote, signer)),
        pcrs: Object.fromEntries(
          pcrs.map((pcr, index) => [String(index), Buffer.from(pcr).toString("hex")]),
        ),
      };
    },
  };
}

/** TPMS_ATTEST of a quote over the first PCRs of the SHA-256 bank. TPM 2.0 part 2, section 10.12.8. */
function attest(extraData: Uint8Array, pcrs: readonly Uint8Array[]): Uint8Array {
  const digest = createHash("sha256").update(Buffer.concat(pcrs)).digest();
  const length = Buffer.alloc(2);
  length.writeUInt16BE(extraData.length);
  const selection = Buffer.alloc(3);
  selection.writeUIntLE(2 ** pcrs.length - 1, 0, 3);
  return new Uint8Array(
    Buffer.concat([
      Buffer.from("ff54434780180000", "hex"),
      length,
      extraData,
      Buffer.alloc(17 + 8),
      Buffer.from("00000001000b03", "hex"),
      selection,
      Buffer.from("0020", "hex"),
      digest,
    ]),
  );
}
