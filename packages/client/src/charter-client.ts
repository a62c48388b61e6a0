// SPDX-License-Identifier: Apache-2.0
/** What signers hand in past whoever edits resources; installation host, anybody. */

import {
  type CharterTaken,
  charterTakenSchema,
  type OrderTaken,
  orderTakenSchema,
  routes,
  type Statement,
} from "@strongroom/api";
import type { VaultTransport } from "./vault-transport.ts";

/** Charters and orders. */
export interface CharterClient {
  /** Has the charter that follows the one in force taken. @throws {StrongroomError} `CharterRefused`, `NotFound` */
  putCharter(statement: Statement): Promise<CharterTaken>;
  /** Hands an order in. @throws {StrongroomError} `CharterRefused`, `NotFound` */
  putOrder(statement: Statement): Promise<OrderTaken>;
}

/** Makes the calls. */
export function createCharterClient({ sendJson }: VaultTransport): CharterClient {
  return {
    putCharter: (body) =>
      sendJson(charterTakenSchema, { method: "POST", path: routes.charters, body }),
    putOrder: (body) => sendJson(orderTakenSchema, { method: "POST", path: routes.orders, body }),
  };
}
