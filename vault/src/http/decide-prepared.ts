// SPDX-License-Identifier: Apache-2.0
/**
 * A decision about work that takes long or may fail, such as a signature in the HSM: it is done before the decision
 * and leaves after it, so that its failure is recorded as one and no transaction waits for it.
 */

import { isDeepStrictEqual } from "node:util";
import { StrongroomError } from "@strongroom/core";
import type { Granted } from "../audit/decide.ts";
import type { LedgerReader, LedgerTransaction } from "../ledger/ledger.ts";
import { requireAccess } from "../vaults/access.ts";
import { decideOnVault, type VaultOperation } from "./decide-on-vault.ts";
import type { ObjectRouteDeps } from "./objects/object-face.ts";
import type { VaultRequest } from "./request-context.ts";

/** What is asked for, in three steps. */
export interface PreparedOperation<C, P, T> extends Omit<VaultOperation<T>, "work"> {
  readonly object: string;
  /** What must hold: looked at before the work, so that nobody without the right causes any, and in the decision. */
  readonly check: (reader: LedgerReader) => Promise<C>;
  /** What the preparation is made of: where it is another in the decision, all is prepared anew. */
  readonly basis: (checked: C) => unknown;
  readonly prepare: (checked: C) => Promise<P>;
  readonly work: (tx: LedgerTransaction, checked: C, prepared: P) => Promise<Granted<T>>;
  /** Wipes what was prepared and will not leave. */
  readonly discard?: (prepared: P) => void;
}

type Attempt<C, P> =
  | { readonly kind: "done"; readonly checked: C; readonly prepared: P }
  | { readonly kind: "failed"; readonly error: unknown };

/** How often is prepared at most: who changes an object faster than that is told. */
const mostAttempts = 3;

/** What was prepared is of something that is no more. */
class Outdated extends Error {}

/**
 * Prepares and decides. A failed preparation is thrown inside the decision, which records what is the caller's fault.
 *
 * @throws {StrongroomError} `Conflict` if the object was changed during each attempt
 */
export async function decidePrepared<C, P, T>(
  deps: Pick<ObjectRouteDeps, "ledger">,
  call: VaultRequest,
  operation: PreparedOperation<C, P, T>,
): Promise<T> {
  for (let attempts = 1; attempts < mostAttempts; attempts += 1) {
    try {
      return await prepareAndDecide(deps, call, operation, new Outdated());
    } catch (error) {
      if (!(error instanceof Outdated)) {
        throw error;
      }
    }
  }
  const conflict = new StrongroomError(
    "Conflict",
    "the object was changed while the answer was made; try again",
  );
  return await prepareAndDecide(deps, call, operation, conflict);
}

async function prepareAndDecide<C, P, T>(
  deps: Pick<ObjectRouteDeps, "ledger">,
  call: VaultRequest,
  operation: PreparedOperation<C, P, T>,
  outdated: Error,
): Promise<T> {
  const attempt = await attemptTo(deps, call, operation);
  const { check, basis, prepare: _, work, discard, ...rest } = operation;
  try {
    return await decideOnVault(deps, call, {
      ...rest,
      work: async (tx) => {
        const checked = await check(tx);
        if (attempt.kind === "failed") {
          throw attempt.error;
        }
        if (!isDeepStrictEqual(basis(checked), basis(attempt.checked))) {
          throw outdated;
        }
        return await work(tx, checked, attempt.prepared);
      },
    });
  } catch (error) {
    if (attempt.kind === "done") {
      discard?.(attempt.prepared);
    }
    throw error;
  }
}

async function attemptTo<C, P, T>(
  { ledger }: Pick<ObjectRouteDeps, "ledger">,
  { context, vault }: VaultRequest,
  { action, object, check, prepare }: PreparedOperation<C, P, T>,
): Promise<Attempt<C, P>> {
  try {
    await requireAccess(ledger, vault, context.caller, { action, via: "api", object });
    const checked = await check(ledger);
    return { kind: "done", checked, prepared: await prepare(checked) };
  } catch (error) {
    return { kind: "failed", error };
  }
}
