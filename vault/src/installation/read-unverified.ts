// SPDX-License-Identifier: Apache-2.0
/** What is read of a store before it is verified: contents whose keys the HSM host authenticates on its own. */

import { decodeRecordBody, type JsonValue } from "@strongroom/core";
import type { Store } from "../store/store.ts";

/** File of the embedded store. */
export const storeFile = "vault.db";

/** Content of a record as it lies there, or nothing. */
export async function readUnverified(
  store: Pick<Store, "readUnverified">,
  scope: string,
  id: string,
): Promise<JsonValue | undefined> {
  const row = await store.readUnverified({ scope, id });
  return row === undefined ? undefined : decodeRecordBody(row.body);
}
