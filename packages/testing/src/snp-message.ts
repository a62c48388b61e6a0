// SPDX-License-Identifier: Apache-2.0
/** SEV-SNP reports as messages of go-sev-guest, `sevsnp.proto`. */

import { type Layout, type ProtobufField, protobuf, takeFields } from "./protobuf.ts";

/** AMD 56860, table "ATTESTATION_REPORT". */
const report: Layout = [
  ...([
    [1, 4, "n"],
    [2, 4, "n"],
    [3, 8, "n"],
    [4, 16],
    [5, 16],
    [6, 4, "n"],
    [7, 4, "n"],
  ] as const),
  ...([
    [8, 8, "n"],
    [9, 8, "n"],
    [10, 4, "n"],
    [0, 4],
    [11, 64],
    [12, 48],
    [13, 32],
  ] as const),
  ...([
    [14, 48],
    [15, 48],
    [16, 32],
    [17, 32],
    [18, 8, "n"],
    [29, 3],
    [0, 21],
    [19, 64],
  ] as const),
  ...([
    [20, 8, "n"],
    [21, 1, "n"],
    [22, 1, "n"],
    [23, 1, "n"],
    [0, 1],
    [24, 1, "n"],
  ] as const),
  ...([
    [25, 1, "n"],
    [26, 1, "n"],
    [0, 1],
    [27, 8, "n"],
    [30, 8, "n"],
    [31, 8, "n"],
  ] as const),
  ...([
    [0, 152],
    [28, 512],
  ] as const),
];

/** `sevsnp.Report`. */
export function snpReportMessage(bytes: Uint8Array): Uint8Array {
  const { fields } = takeFields(bytes, report);
  return protobuf(
    ...fields.map(
      ([field, value]): ProtobufField =>
        field === 29 && typeof value !== "bigint" ? [field, toCpuid(value)] : [field, value],
    ),
  );
}

/** EAX of CPUID leaf 1 by family, model and stepping. */
function toCpuid([family = 0, model = 0, stepping = 0]: Uint8Array): bigint {
  const base = Math.min(family, 0x0f);
  const extended = ((family - base) << 20) | ((model >> 4) << 16);
  return BigInt(extended | (base << 8) | ((model & 0x0f) << 4) | (stepping & 0x0f));
}

/** `sevsnp.Attestation` with the certificate of the report's key. */
export function snpAttestationMessage(bytes: Uint8Array, vcek: Uint8Array): Uint8Array {
  return protobuf([1, snpReportMessage(bytes)], [2, protobuf([1, vcek])]);
}
