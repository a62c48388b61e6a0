// SPDX-License-Identifier: Apache-2.0
/** Receipts of earlier releases, on a vault's host. */

import {
  type ObjectKind,
  type Receipt,
  type ReceiptList,
  type ReceiptPlace,
  type ReceiptQuery,
  receiptListSchema,
  receiptSchema,
  routes,
} from "@strongroom/api";
import { StrongroomError } from "@strongroom/core";
import type { VaultTransport } from "./vault-transport.ts";

/** What an auditor, or who made a release, may have. */
export interface ReceiptClient {
  /** Receipts of an object, newest first; the whole list takes as many calls as there are links. */
  list(
    object: { readonly kind: ObjectKind; readonly name: string },
    nextLink?: string,
  ): Promise<ReceiptList>;
  /** One receipt, made again from the audit log. @throws {StrongroomError} `NotFound` */
  get(place: ReceiptPlace, query?: ReceiptQuery): Promise<Receipt>;
}

/** These routes over `transport`. */
export function createReceiptClient({ sendJson }: VaultTransport): ReceiptClient {
  return {
    list: async (object, nextLink) => {
      const query = nextLink === undefined ? new URLSearchParams(object) : queryOf(nextLink);
      const path = `${routes.receipts}?${query}`;
      return await sendJson(receiptListSchema, { method: "GET", path });
    },
    get: async (place, { size, version, unwrapped } = {}) => {
      const query = new URLSearchParams({
        ...(size !== undefined && { size: String(size) }),
        ...(version !== undefined && { version }),
        ...(unwrapped !== undefined && { unwrapped }),
      });
      const path = `${routes.receipt({ ...place, index: String(place.index) })}?${query}`;
      return await sendJson(receiptSchema, { method: "GET", path });
    },
  };
}

// The place is ours: of what a vault says, only the query is taken.
function queryOf(nextLink: string): URLSearchParams {
  const url = URL.parse(nextLink);
  if (url === null) {
    throw new StrongroomError("ResponseUntrusted", "the vault's answer has an unknown form");
  }
  return url.searchParams;
}
