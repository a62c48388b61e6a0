// SPDX-License-Identifier: Apache-2.0
/** Would a vault take this charter? The same checks as there, offline. */

import { charterSchema, charterType, readStatement } from "@strongroom/api";
import { verifySigners } from "@strongroom/core";
import { readCharterFile } from "./statement-file.ts";

/** The answer: which signers, or why not. */
export type CharterCheck =
  | {
      readonly verified: true;
      readonly vault: string;
      readonly serial: number;
      readonly signedBy: readonly string[];
    }
  | { readonly verified: false; readonly reason: string };

/** Checks a first charter by its own signers, or one that follows `after` by those of that. */
export async function verifyCharter(
  path: string,
  after: string | undefined,
  at: Date,
): Promise<CharterCheck> {
  const statement = await readCharterFile(path);
  const charter = readStatement(statement, charterSchema);
  const current =
    after === undefined ? undefined : readStatement(await readCharterFile(after), charterSchema);
  const verdict = verifySigners(statement, charterType, (current ?? charter).signers);
  if (verdict.kind === "refused") {
    return { verified: false, reason: verdict.reason };
  }
  const { vault, serial, expires } = charter;
  if (expires * 1_000 <= at.getTime()) {
    return { verified: false, reason: "the charter has expired" };
  }
  if (current !== undefined && vault !== current.vault) {
    return { verified: false, reason: "the charter is of another vault" };
  }
  return current !== undefined && serial <= current.serial
    ? { verified: false, reason: `the serial is not above ${current.serial}` }
    : { verified: true, vault, serial, signedBy: verdict.by };
}
