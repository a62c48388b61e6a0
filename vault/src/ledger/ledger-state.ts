// SPDX-License-Identifier: Apache-2.0
/** What the ledger knows: a base that is durable, and layers of changes over it that are not yet. */

import type { RecordKey } from "@strongroom/core";
import { nameOf } from "./finding.ts";
import type { RecordBody } from "./ledger.ts";
import type { RecordIndex } from "./record-index.ts";

/** Used one-time ids beyond which those that have expired are looked for, to be forgotten. */
const sweepFrom = 1024;

/** The index of all records and the used one-time ids; in a layer, what was changed besides. */
export class LedgerState {
  readonly index: RecordIndex;
  readonly #below: LedgerState | undefined;
  // Made when they are needed: most requests change nothing.
  #bodies: Map<string, RecordBody> | undefined;
  #values: Map<string, { readonly sealed: Uint8Array | undefined }> | undefined;
  // By id, with the time in milliseconds from which it may be forgotten.
  #spent: Map<string, number> | undefined;
  #sweepAt = sweepFrom;

  constructor(index: RecordIndex, spent?: ReadonlyMap<string, number>, below?: LedgerState) {
    this.index = index;
    this.#spent = spent && new Map(spent);
    this.#below = below;
  }

  /** Changes over this state, which do not show here until they are merged down. */
  layer(): LedgerState {
    return new LedgerState(this.index.layer(), undefined, this);
  }

  /** Content of a record that is not durable yet; nothing where the store's row counts. */
  body(key: RecordKey): RecordBody | undefined {
    return this.#bodies?.get(nameOf(key)) ?? this.#below?.body(key);
  }

  setBody(key: RecordKey, body: RecordBody): void {
    this.#bodies ??= new Map();
    this.#bodies.set(nameOf(key), body);
  }

  /** A value that is not durable yet, or its absence; nothing where the store's row counts. */
  value(key: RecordKey): { readonly sealed: Uint8Array | undefined } | undefined {
    return this.#values?.get(nameOf(key)) ?? this.#below?.value(key);
  }

  setValue(key: RecordKey, sealed: Uint8Array | undefined): void {
    this.#values ??= new Map();
    this.#values.set(nameOf(key), { sealed });
  }

  isSpent(id: string): boolean {
    return this.#spent?.has(id) === true || this.#below?.isSpent(id) === true;
  }

  spend(id: string, expires: number): void {
    this.#spent ??= new Map();
    this.#spent.set(id, expires);
  }

  /** Ids that were used and have not expired. */
  unexpired(at: Date): ReadonlyMap<string, number> {
    return new Map([...(this.#spent ?? [])].filter(([, expires]) => expires > at.getTime()));
  }

  /** Puts this layer's changes into what lies below; the base keeps no contents, for the store has them. */
  mergeDown(at: Date): void {
    const below = this.#below;
    if (below === undefined) {
      return;
    }
    this.index.mergeDown();
    for (const [id, expires] of this.#spent ?? []) {
      below.spend(id, expires);
    }
    if (below.#below === undefined) {
      below.#sweep(at);
      return;
    }
    below.#bodies = united(below.#bodies, this.#bodies);
    below.#values = united(below.#values, this.#values);
  }

  #sweep(at: Date): void {
    const spent = this.#spent;
    if (spent === undefined || spent.size < this.#sweepAt) {
      return;
    }
    for (const [id, expires] of spent) {
      if (expires <= at.getTime()) {
        spent.delete(id);
      }
    }
    // What is left is in use: the next look is worth its cost only when there is as much again.
    this.#sweepAt = Math.max(sweepFrom, 2 * spent.size);
  }
}

/** One of both, in which `above` counts where both say something. */
function united<T>(
  below: Map<string, T> | undefined,
  above: Map<string, T> | undefined,
): Map<string, T> | undefined {
  for (const [name, value] of above ?? []) {
    below?.set(name, value);
  }
  return below ?? above;
}
