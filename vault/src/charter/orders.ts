// SPDX-License-Identifier: Apache-2.0
/** Orders of a charter's signers: handed in, kept until they are used, and used once. */

import { type Order, orderSchema, orderType, readStatement, type Statement } from "@strongroom/api";
import { isStrongroomError, type RecordKey, verifySigners } from "@strongroom/core";
import { z } from "zod";
import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction, RecordReader } from "../ledger/ledger.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import { readRecord, type Vault } from "../vaults/vault-record.ts";
import { readCharter } from "./charter-record.ts";
import { ungovern } from "./ungovern.ts";

/** Longest that an order is good for, in seconds: so long is it remembered that it was handed in. */
const maxOrderLife = 30 * 86_400;

const orderRecordSchema = z.object({ id: z.string(), expires: z.number(), used: z.boolean() });

/** An act that takes an order. */
export type OrderedAct = Pick<Order, "object"> & { readonly action: "purge" | "recover" };

const orderKey = (
  vaultUid: string,
  { action, object }: Pick<Order, "action" | "object">,
): RecordKey => ({
  scope: vaultUid,
  id: `order/${action}/${object.toLowerCase()}`,
});

/** Takes an order; one to ungovern is carried out at once, others wait for whoever acts. @throws {Refusal} `CharterRefused`, and what ungoverning throws. */
export async function takeOrder(
  tx: LedgerTransaction,
  vault: Vault,
  statement: Statement,
  at: Date,
): Promise<Order> {
  const record = await readCharter(tx, vault);
  const order = readOrRefuse(statement);
  if (record === undefined || order.vault !== vault.uid) {
    throw refused("the order is of another vault, or of one without a charter");
  }
  const verdict = verifySigners(statement, orderType, record.charter.signers);
  if (verdict.kind === "refused") {
    throw refused(verdict.reason);
  }
  const now = toSeconds(at);
  if (order.expires <= now || order.expires > now + maxOrderLife) {
    throw refused("the order has expired, or is good for more than 30 days");
  }
  if (!(await tx.spend(`order/${vault.uid}/${order.id}`, new Date(order.expires * 1_000)))) {
    throw refused("the order was handed in before");
  }
  const { id, expires, action, object, policy } = order;
  if (action === "ungovern") {
    await ungovern(tx, vault, { object, policy: policy ?? "" });
  } else {
    await tx.put(orderKey(vault.uid, { action, object }), { id, expires, used: false });
  }
  return order;
}

/** Whether the vault's charter lets an act happen now: it has an order, or there is no charter. */
export async function hasOrder(
  reader: RecordReader,
  vault: Vault,
  act: OrderedAct,
  at: Date,
): Promise<boolean> {
  return vault.chartered !== true || (await findOrder(reader, vault, act, at)) !== undefined;
}

/** Uses the order for an act up, where the vault has a charter. @throws {Refusal} `OrderRequired` if there is none. */
export async function useOrder(
  tx: LedgerTransaction,
  vault: Vault,
  act: OrderedAct,
  at: Date,
): Promise<void> {
  if (vault.chartered !== true) {
    return;
  }
  const order = await findOrder(tx, vault, act, at);
  if (order === undefined) {
    throw new Refusal(
      "OrderRequired",
      `the vault's charter asks for its signers' order to ${act.action} ${act.object}`,
    );
  }
  await tx.put(orderKey(vault.uid, act), { ...order, used: true });
}

async function findOrder(reader: RecordReader, { uid }: Vault, act: OrderedAct, at: Date) {
  const order = await readRecord(reader, orderKey(uid, act), orderRecordSchema);
  return order === undefined || order.used || order.expires <= toSeconds(at) ? undefined : order;
}

function readOrRefuse(statement: Statement): Order {
  try {
    return readStatement(statement, orderSchema);
  } catch (error) {
    throw isStrongroomError(error, "BadParameter") ? refused(error.message) : error;
  }
}

function refused(reason: string): Refusal {
  return new Refusal("CharterRefused", reason);
}
