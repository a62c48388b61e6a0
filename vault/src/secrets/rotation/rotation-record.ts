// SPDX-License-Identifier: Apache-2.0
/** The record of a secret's rotation policy, and when it is due. */

import { generateSchema } from "@strongroom/api";
import { type RecordKey, StrongroomError } from "@strongroom/core";
import { z } from "zod";
import { addDuration, parseDuration } from "../../keys/duration.ts";
import type { RecordReader } from "../../ledger/ledger.ts";
import { readLive } from "../../objects/erased.ts";
import type { Vault } from "../../vaults/vault-record.ts";
import { rotationPolicyId } from "../secret-type.ts";

const rotationRecordSchema = z.object({
  interval: z.string(),
  generate: generateSchema,
  created: z.number(),
  updated: z.number(),
});

/** A rotation policy; times are seconds since the epoch. */
export type RotationRecord = z.infer<typeof rotationRecordSchema>;

/** Seconds: an hour, as every version stays, and ten years. */
const shortest = 3_600;
const longest = 10 * 366 * 86_400;

/** Key of the policy's record. */
export const rotationKey = ({ uid }: Vault, name: string): RecordKey => ({
  scope: uid,
  id: rotationPolicyId(name.toLowerCase()),
});

/** Reads the policy of a secret, if it has one. */
export async function readRotation(
  reader: RecordReader,
  vault: Vault,
  name: string,
): Promise<RotationRecord | undefined> {
  return await readLive(reader, rotationKey(vault, name), rotationRecordSchema);
}

/** When a version is to be replaced, in seconds since the epoch. */
export function rotationDue(
  { interval }: Pick<RotationRecord, "interval">,
  { created }: { readonly created: number },
): number {
  return addDuration(created, parseDuration(interval));
}

/** @throws {StrongroomError} `BadParameter` unless the interval is a duration from an hour to ten years. */
export function requireInterval(interval: string): void {
  const seconds = addDuration(0, parseDuration(interval));
  if (seconds < shortest || seconds > longest) {
    throw new StrongroomError("BadParameter", "interval: from PT1H to P10Y");
  }
}
