// SPDX-License-Identifier: Apache-2.0
/** Event logs, beside evidence that they do not belong to. */

import { at, endorsed, issuers, milan, phala, type Row, shielded, trustee } from "./row.ts";

const ccel = "eventlog/google__go-eventlog/eventlogs__ccel__cos-113-intel-tdx.bin";
const tdOfGoogle = "tdx/google__go-tdx-guest/cos-113-tdx-quote.dat";

/** The rows. */
export const logs: readonly Row[] = [
  [
    ...(["tpm", `${shielded}-no-nonce.decoded.json`] as const),
    endorsed(...issuers, "eventlog/google__go-eventlog/eventlogs__tpm__rhel8-uefi.bin"),
    "binding-mismatch",
  ],
  // No CRLs of that time were kept: the log is told apart from what Intel signs all the same.
  ["tdx", tdOfGoogle, endorsed(ccel), "endorsements-unavailable"],
  [
    ...(["tdx", `${phala}/tdx_quote`] as const),
    [...endorsed(`${phala}/tdx_quote_collateral.json`, ccel), ...at("2025-07-01T00:00:00Z")],
    "binding-mismatch",
  ],
  [
    ...(["azure-vtpm", `${trustee}/evidence-v1.json`] as const),
    endorsed(milan, "eventlog/google__go-eventlog/eventlogs__tpm__rhel8-uefi.bin"),
    "binding-mismatch",
  ],
];
