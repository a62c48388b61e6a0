// SPDX-License-Identifier: Apache-2.0
/** Azure's confidential machines. */

import { challenge, endorsed, kinvolk, milan, old, type Row, trustee } from "./row.ts";

const newer = ["revocation-unchecked"];
const parts = [`${trustee}/vcek.pem`, milan];

/** The rows. */
export const azure: readonly Row[] = [
  ["azure-vtpm", `${trustee}/evidence-v0.json`, [...endorsed(milan), ...challenge], newer],
  ["azure-vtpm", `${trustee}/evidence-v1.json`, [...endorsed(milan), ...challenge], newer],
  // Zeros are what the user data holds until somebody writes it: they answer nobody.
  [
    ...(["azure-vtpm", `${trustee}/evidence-v1.json`] as const),
    [...endorsed(milan), "--nonce", "00"],
    "binding-mismatch",
  ],
  [
    ...(["azure-vtpm", "azure-vtpm/confidential-dot-ai__attestation-rs/evidence-v1.json"] as const),
    endorsed(milan),
    old,
  ],
  ...["quote.bin", "tpm-quote-v1.json"].map(
    (quote): Row => [
      ...(["azure-vtpm", `${trustee}/hcl-report.bin`] as const),
      [...endorsed(`${trustee}/${quote}`, ...parts), ...challenge],
      old,
    ],
  ),
  ["azure-vtpm", `${trustee}/hcl-report.bin`, endorsed(...parts), "malformed"],
  ...["tdx__quote.bin", "tdx__tpm-quote-v1.json"].map(
    (quote): Row => [
      ...(["azure-vtpm", `${trustee}/tdx__hcl-report.bin`] as const),
      [...endorsed(`${trustee}/tdx__td-quote.bin`, `${trustee}/${quote}`), ...challenge],
      "endorsements-unavailable",
    ],
  ),
  ["azure-vtpm", `${trustee}/tdx__evidence-v0.json`, [], "endorsements-unavailable"],
  ["azure-vtpm", `${trustee}/tdx__evidence-v1.json`, challenge, "endorsements-unavailable"],
  [
    ...(["azure-vtpm", `${kinvolk}/hcl-report-snp.bin`] as const),
    endorsed(`${kinvolk}/certs.pem`),
    "bad-signature",
  ],
  ["azure-vtpm", `${kinvolk}/hcl-report-tdx.bin`, [], "endorsements-unavailable"],
];
