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
  readonly #bodies = new Map<string, RecordBody>();
  readonly #values = new Map<string, { readonly sealed: Uint8Array | undefined }>();
  // By id, with the time in milliseconds from which it may be forgotten.
  readonly #spent: Map<string, number>;
  #sweepAt = sweepFrom;

  constructor(
    index: RecordIndex,
    spent: ReadonlyMap<string, number> = new Map(),
    below?: LedgerState,
  ) {
    this.index = index;
    this.#spent = new Map(spent);
    this.#below = below;
  }

  /** Changes over this state, which do not show here until they are merged down. */
  layer(): LedgerState {
    return new LedgerState(this.index.layer(), undefined, this);
  }

  /** Content of a record that is not durable yet; nothing where the store's row counts. */
  body(key: RecordKey): RecordBody | undefined {
    // Most requests change nothing.
    const own = this.#bodies.size === 0 ? undefined : this.#bodies.get(nameOf(key));
    return own ?? this.#below?.body(key);
  }

  setBody(key: RecordKey, body: RecordBody): void {
    this.#bodies.set(nameOf(key), body);
  }

  /** A value that is not durable yet, or its absence; nothing where the store's row counts. */
  value(key: RecordKey): { readonly sealed: Uint8Array | undefined } | undefined {
    const own = this.#values.size === 0 ? undefined : this.#values.get(nameOf(key));
    return own ?? this.#below?.value(key);
  }

  setValue(key: RecordKey, sealed: Uint8Array | undefined): void {
    this.#values.set(nameOf(key), { sealed });
  }

  isSpent(id: string): boolean {
    return this.#spent.has(id) || this.#below?.isSpent(id) === true;
  }

  spend(id: string, expires: number): void {
    this.#spent.set(id, expires);
  }

  /** Ids that were used and have not expired. */
  unexpired(at: Date): ReadonlyMap<string, number> {
    return new Map([...this.#spent].filter(([, expires]) => expires > at.getTime()));
  }

  /** Puts this layer's changes into what lies below; the base keeps no contents, for the store has them. */
  mergeDown(at: Date): void {
    const below = this.#below;
    if (below === undefined) {
      return;
    }
    this.index.mergeDown();
    for (const [id, expires] of this.#spent) {
      below.spend(id, expires);
    }
    if (below.#below === undefined) {
      below.#sweep(at);
      return;
    }
    for (const [name, body] of this.#bodies) {
      below.#bodies.set(name, body);
    }
    for (const [name, value] of this.#values) {
      below.#values.set(name, value);
    }
  }

  #sweep(at: Date): void {
    if (this.#spent.size < this.#sweepAt) {
      return;
    }
    for (const [id, expires] of this.#spent) {
      if (expires <= at.getTime()) {
        this.#spent.delete(id);
      }
    }
    // What is left is in use: the next look is worth its cost only when there is as much again.
    this.#sweepAt = Math.max(sweepFrom, 2 * this.#spent.size);
  }
}
