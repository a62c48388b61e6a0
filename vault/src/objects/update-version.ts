// SPDX-License-Identifier: Apache-2.0
/** Changing what is said about a version; its material never changes. */

import type { JsonValue } from "@strongroom/core";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import type { ObjectAct } from "./delete-object.ts";
import type { FoundVersion } from "./read-object.ts";
import type { VersionAttributes } from "./write-version.ts";

/** A change: what is absent stays as it is. */
export interface VersionUpdate<Own extends object> {
  readonly attributes: VersionAttributes;
  readonly own: Partial<Own>;
  readonly at: ObjectAct["at"];
}

/** Writes the change to a version that was found. */
export async function updateVersion<Own extends object>(
  tx: LedgerTransaction,
  found: FoundVersion<Own>,
  { attributes, own, at }: VersionUpdate<Own>,
): Promise<FoundVersion<Own>> {
  const { enabled, nbf, exp, tags } = attributes;
  const version = {
    ...found.version,
    ...own,
    ...(enabled === undefined ? {} : { enabled }),
    ...(nbf === undefined ? {} : { nbf }),
    ...(exp === undefined ? {} : { exp }),
    ...(tags === undefined ? {} : { tags: { ...tags } }),
    updated: toSeconds(at),
  };
  await tx.put(found.key, version as unknown as JsonValue);
  return { ...found, version };
}
