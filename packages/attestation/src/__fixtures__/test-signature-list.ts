// SPDX-License-Identifier: Apache-2.0
/** EFI_SIGNATURE_LISTs made by hand. */

import { concatBytes, u32be } from "@strongroom/core";

const u32le = (value: number) => u32be(value).toReversed();
const certificateType = "a159c0a5e494a74a87b5ab155c2bf072";

/** A list of entries of one size; of certificates unless said otherwise. */
export function signatureList(
  type: string = certificateType,
  entries: readonly Uint8Array[] = [],
): Uint8Array {
  const bytes = 16 + (entries[0]?.length ?? 1);
  return concatBytes(
    new Uint8Array(Buffer.from(type, "hex")),
    ...[u32le(28 + entries.length * bytes), u32le(0), u32le(bytes)],
    ...entries.flatMap((entry) => [new Uint8Array(16).fill(0x77), entry]),
  );
}

/** A list of one certificate. */
export const certificateList = (certificate: Uint8Array) =>
  signatureList(certificateType, [certificate]);
