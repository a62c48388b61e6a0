// SPDX-License-Identifier: Apache-2.0
/** Evidence of a trusted execution environment, as its device hands it out. */

/** What one collection answers; none of it is verified here. */
export type TeeEvidence =
  | {
      readonly kind: "SevSnpVm";
      readonly report: Uint8Array;
      /** Certificates that the host put beside it: hints. */
      readonly certificateTable?: Uint8Array;
    }
  | {
      readonly kind: "TdxVm";
      readonly quote: Uint8Array;
      /** What was measured into the registers that it signs. */
      readonly eventLog?: Uint8Array;
    }
  | { readonly kind: "SgxEnclave"; readonly quote: Uint8Array }
  | { readonly kind: "Nitro"; readonly document: Uint8Array }
  | { readonly kind: "Cca"; readonly token: Uint8Array }
  | {
      readonly kind: "AzureGuest";
      /** What NV index 0x01400001 holds. */
      readonly hclReport: Uint8Array;
      /** TPMS_ATTEST and TPMT_SIGNATURE of the virtual TPM, and the values it covers, in hexadecimal by number. */
      readonly quote: Uint8Array;
      readonly signature: Uint8Array;
      readonly pcrs: Readonly<Record<string, string>>;
      /** Of a machine with TDX: the quote of the report. */
      readonly tdQuote?: Uint8Array;
      /** What was measured into the virtual TPM, which gives those values. */
      readonly eventLog?: Uint8Array;
    };

/** Evidence, and endorsements that came with it from whoever has them at hand. */
export interface Collected {
  readonly evidence: TeeEvidence;
  readonly endorsements: readonly Uint8Array[];
}

/** A source of evidence. */
export interface TeeCollector {
  /**
   * Collects evidence that is bound to `binding`, 32 bytes: in the first half of REPORT_DATA, the other half zero; as
   * `user_data`; as a quote's extraData.
   *
   * @throws {StrongroomError} `TeeUnavailable` (not there, busy, silent), `TeeFailed` (refused, or an answer that makes
   *   no sense), or the TPM's own.
   */
  collect(binding: Uint8Array, signal: AbortSignal): Promise<Collected>;
}

/** REPORT_DATA of a binding. */
export function reportDataOf(binding: Uint8Array): Uint8Array {
  const reportData = new Uint8Array(64);
  reportData.set(binding);
  return reportData;
}
