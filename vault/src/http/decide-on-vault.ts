// SPDX-License-Identifier: Apache-2.0
/** One decision on a vault's object: the caller's role first, then the work, and a leaf for either outcome. */

import type { DataAction, JsonValue } from "@strongroom/core";
import { decide, decideReading, type Granted } from "../audit/decide.ts";
import type { Ledger, LedgerTransaction } from "../ledger/ledger.ts";
import type { Recall } from "../ledger/read-together.ts";
import { recallAccess, requireAccess } from "../vaults/access.ts";
import type { VaultRequest } from "./request-context.ts";

/** What is asked for. */
interface Asked {
  /** Key Vault's name of it in the audit log. */
  readonly operationName: string;
  readonly action: DataAction;
  /** `KIND/NAME`; absent for what concerns no object. */
  readonly object?: string;
  readonly properties?: { readonly [name: string]: JsonValue };
}

/** What is asked for, and the work that it takes. */
export interface VaultOperation<T> extends Asked {
  readonly work: (tx: LedgerTransaction) => Promise<Granted<T>>;
  /** The work is itself long: see `Ledger.commitBulk`. */
  readonly isBulk?: boolean;
}

/** What is asked for, where nothing is written. */
export interface VaultReading<T> extends Asked {
  /** Nothing but reads and computes: see `readTogether`. */
  readonly read: (recall: Recall) => Granted<T>;
}

/** Decides it. @throws {Refusal} `Forbidden` before anything of the object is looked at, or what the work throws. */
export async function decideOnVault<T>(
  { ledger }: { readonly ledger: Ledger },
  request: VaultRequest,
  operation: VaultOperation<T>,
): Promise<T> {
  const { context, vault } = request;
  const { operationName, isBulk = false } = operation;
  return await decide(ledger, {
    context,
    operationName,
    isBulk,
    properties: propertiesOf(request, operation),
    work: async (tx) => {
      await requireAccess(tx, vault, context.caller, questionOf(operation));
      return await operation.work(tx);
    },
  });
}

/** The same where nothing is written. */
export function decideReadingOnVault<T>(
  { ledger }: { readonly ledger: Ledger },
  request: VaultRequest,
  operation: VaultReading<T>,
): Promise<T> {
  const { context, vault } = request;
  return decideReading(ledger, {
    context,
    operationName: operation.operationName,
    properties: propertiesOf(request, operation),
    read: (recall) => {
      recallAccess(recall, vault, context.caller, questionOf(operation));
      return operation.read(recall);
    },
  });
}

function propertiesOf({ vault, origin }: VaultRequest, { object, properties }: Asked) {
  return object === undefined
    ? { vault: vault.uid, ...properties }
    : { vault: vault.uid, id: `${origin}/${object}`, ...properties };
}

function questionOf({ action, object }: Asked) {
  return { action, via: "api", ...(object === undefined ? {} : { object }) } as const;
}
