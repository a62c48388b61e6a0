// SPDX-License-Identifier: Apache-2.0
/** One decision on a vault's object: the caller's role first, then the work, and a leaf for either outcome. */

import type { DataAction, JsonValue } from "@strongroom/core";
import { decide, type Granted } from "../audit/decide.ts";
import type { Ledger, LedgerTransaction } from "../ledger/ledger.ts";
import { requireAccess } from "../vaults/access.ts";
import type { VaultRequest } from "./request-context.ts";

/** What is asked for. */
export interface VaultOperation<T> {
  /** Key Vault's name of it in the audit log. */
  readonly operationName: string;
  readonly action: DataAction;
  /** `KIND/NAME`; absent for what concerns no object. */
  readonly object?: string;
  readonly properties?: { readonly [name: string]: JsonValue };
  readonly work: (tx: LedgerTransaction) => Promise<Granted<T>>;
  /** The work is itself long: see `Ledger.commitBulk`. */
  readonly isBulk?: boolean;
}

/** Decides it. @throws {Refusal} `Forbidden` before anything of the object is looked at, or what the work throws. */
export async function decideOnVault<T>(
  { ledger }: { readonly ledger: Ledger },
  { context, vault, origin }: VaultRequest,
  operation: VaultOperation<T>,
): Promise<T> {
  const { operationName, action, object, isBulk = false } = operation;
  const about = object === undefined ? {} : { id: `${origin}/${object}` };
  return await decide(ledger, {
    context,
    operationName,
    isBulk,
    properties: { vault: vault.uid, ...about, ...operation.properties },
    work: async (tx) => {
      const question = { action, via: "api", ...(object === undefined ? {} : { object }) } as const;
      await requireAccess(tx, vault, context.caller, question);
      return await operation.work(tx);
    },
  });
}
