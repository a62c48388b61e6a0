// SPDX-License-Identifier: Apache-2.0
/** Failures of SQLite as the store's callers get them. */

import { StrongroomError } from "@strongroom/core";
import type { Failure } from "./sqlite-protocol.ts";

/** The failure as the store's callers get it. */
export function toStoreError({ code, message, detail }: Failure): StrongroomError {
  return new StrongroomError(code, message, { cause: new Error(detail) });
}

/** The error for a store that is not there any more. */
export function storeUnavailable(message: string, cause: unknown): StrongroomError {
  return new StrongroomError("StoreUnavailable", message, { cause });
}
