// SPDX-License-Identifier: Apache-2.0
/** The tables as Kysely sees them. Text is compared byte by byte in every engine. */

/** `records`, `sealed_values`, `leaves`, `checkpoints` and the one row of `schema_version`. */
export interface Tables {
  records: {
    scope: string;
    id: string;
    revision: number;
    body: Uint8Array;
    mac: Uint8Array;
  };
  sealed_values: { scope: string; id: string; sealed: Uint8Array };
  /** `position` is the leaf's index in its log; `index` is a word of SQL. */
  leaves: { log: string; position: number; bytes: Uint8Array };
  checkpoints: { slot: number; bytes: Uint8Array };
  schema_version: { version: number };
}
