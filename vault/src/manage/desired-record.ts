// SPDX-License-Identifier: Apache-2.0
/**
 * What a resource last asked for of an object. A change of the resource reaches the object once; what a person changes
 * in between stays, so that somebody who disables an object in an emergency is not overruled by the next reconcile.
 */

import type { ObjectKind } from "@strongroom/api";
import { canonicalJson, type RecordKey, sha256, toHex, toJsonValue } from "@strongroom/core";
import { z } from "zod";
import type { RecordReader } from "../ledger/ledger.ts";
import { readLive } from "../objects/erased.ts";

const desiredRecordSchema = z.object({
  /** Uid of the resource. */
  owner: z.string(),
  /** SHA-256 of what it said of the object besides the value, canonical JSON, hexadecimal. */
  digest: z.string(),
  /** The same over what a certificate is issued from: where that changes, another one is issued. */
  issued: z.string().optional(),
});

/** What was last asked for. */
export type DesiredRecord = z.infer<typeof desiredRecordSchema>;

/** Key of the record. */
export const desiredKey = (vaultUid: string, kind: ObjectKind, name: string): RecordKey => ({
  scope: vaultUid,
  id: `desired/${kind}/${name.toLowerCase()}`,
});

/** Reads the record. */
export async function readDesired(
  reader: RecordReader,
  vaultUid: string,
  kind: ObjectKind,
  name: string,
): Promise<DesiredRecord | undefined> {
  return await readLive(reader, desiredKey(vaultUid, kind, name), desiredRecordSchema);
}

/** The record of a wish. */
export function toDesiredRecord(owner: string, wish: object): DesiredRecord {
  return { owner, digest: toHex(sha256(canonicalJson(toJsonValue(wish)))) };
}
