// SPDX-License-Identifier: Apache-2.0
/** A ledger over a SQLite file, with MAC keys that need no HSM. */

import {
  type AuditEvent,
  installationScope,
  sha256,
  silentLog,
  systemClock,
  utf8,
} from "@strongroom/core";
import { openSqliteStore } from "../../store/open-sqlite-store.ts";
import type { Store } from "../../store/store.ts";
import { createLedger, type LedgerOptions } from "../create-ledger.ts";
import type { HeadSigner, Ledger, LedgerTransaction } from "../ledger.ts";

/** The record that the first start writes. */
export const firstRecord = { scope: installationScope, id: "key/data" };

/** A MAC key that every start knows. */
export async function testMacKey(scope: string): Promise<Uint8Array> {
  return sha256(utf8(`mac key of ${scope}`));
}

/** A ledger and the store below it. */
export interface TestLedger extends AsyncDisposable {
  readonly ledger: Ledger;
  readonly store: Store;
}

/** Opens both; disposing closes both. */
export async function openTestLedger(
  file: string,
  hsm: HeadSigner,
  options: Partial<LedgerOptions> & { readonly wrap?: (store: Store) => Store } = {},
): Promise<TestLedger> {
  await using stack = new AsyncDisposableStack();
  const opened = stack.use(await openSqliteStore(file));
  const store = options.wrap?.(opened) ?? opened;
  const ledger = await createLedger({
    store,
    hsm,
    clock: systemClock,
    log: silentLog,
    replica: "vault-0",
    macKey: testMacKey,
    initialise: async (tx) => {
      await tx.put(firstRecord, { blob: "first" });
    },
    ...options,
  });
  stack.use(ledger);
  const all = stack.move();
  return { ledger, store, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

/** An event to commit. */
export function testEvent(operationName: string): AuditEvent {
  return {
    time: new Date(0).toISOString(),
    category: "AuditEvent",
    operationName,
    resultType: "Success",
    resultSignature: "OK",
    httpStatusCode: 200,
    correlationId: "c",
    callerIpAddress: "192.0.2.1",
    identity: { subject: "test" },
    properties: {},
  };
}

/** A record that tests write. */
export const testKey = { scope: "v", id: "object/secrets/a" };

/** A request that writes `content` and nothing else. */
export const putting = (content: number) => async (tx: LedgerTransaction) => ({
  event: testEvent("SecretSet"),
  result: await tx.put(testKey, { content }),
});
