// SPDX-License-Identifier: Apache-2.0
/** The statement that an installation goes on with an older store: which signed heads are given up, and which count now. */

import type { LogHead } from "./audit-format.ts";
import { sha256, toHex, utf8 } from "./bytes.ts";
import { canonicalJson } from "./json/canonical-json.ts";

/** A head, whenever it was signed. */
export type HeadOfLog = Pick<LogHead, "log" | "size" | "root">;

/** What the release root signs before the HSM host accepts lower heads. */
export interface RollbackStatement {
  /** 1 for the first on a token's volume, and one more each time. */
  readonly epoch: number;
  /** Names the restore: 32 hexadecimal characters. */
  readonly id: string;
  /** Milliseconds since the epoch of Unix. */
  readonly time: number;
  /** Every head that was anchored and is not among those that count now. */
  readonly givenUp: readonly HeadOfLog[];
  /** `headsDigest` of those that count now. */
  readonly taken: string;
}

const rollbackPrefix = utf8("strongroom/rollback/v1\0");
const headsPrefix = utf8("strongroom/heads/v1\0");

/** SHA-256 that the release root's key signs. */
export function rollbackDigest(statement: RollbackStatement): Uint8Array<ArrayBuffer> {
  const { epoch, id, time, givenUp, taken } = statement;
  const heads = givenUp.map(toHeadOfLog);
  return sha256(rollbackPrefix, canonicalJson({ epoch, id, time, givenUp: heads, taken }));
}

/** One digest over a set of heads, whatever their order; hexadecimal. */
export function headsDigest(heads: readonly HeadOfLog[]): string {
  const sorted = heads.map(toHeadOfLog).sort((a, b) => (a.log < b.log ? -1 : 1));
  return toHex(sha256(headsPrefix, canonicalJson(sorted)));
}

function toHeadOfLog({ log, size, root }: HeadOfLog): HeadOfLog & Record<string, string | number> {
  return { log, size, root };
}
