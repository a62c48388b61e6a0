// SPDX-License-Identifier: Apache-2.0
/** What the audit logs say about every record: its newest revision, that one's digest, and its value's digest. */

import type { RecordKey } from "@strongroom/core";
import type { Page } from "../store/store.ts";

/** The newest revision of a record. Digests in hexadecimal. */
export interface IndexEntry {
  readonly revision: number;
  readonly digest: string;
  /** Digest of the sealed value that lies under the record's key. */
  readonly value?: string | undefined;
}

interface Scope {
  readonly entries: Map<string, IndexEntry>;
  readonly ids: string[];
  isSorted: boolean;
}

/** A map of records, or a layer of changes over one. */
export class RecordIndex {
  readonly #below: RecordIndex | undefined;
  // Made when there is something in it: most layers stay empty.
  #scopes: Map<string, Scope> | undefined;

  constructor(below?: RecordIndex) {
    this.#below = below;
  }

  get(key: RecordKey): IndexEntry | undefined {
    return this.#scopes?.get(key.scope)?.entries.get(key.id) ?? this.#below?.get(key);
  }

  set({ scope, id }: RecordKey, entry: IndexEntry): void {
    const { entries, ids } = this.#scope(scope);
    if (!entries.has(id)) {
      ids.push(id);
      this.#scope(scope).isSorted = false;
    }
    entries.set(id, entry);
  }

  /** Changes over this map, which do not show here until they are merged down. */
  layer(): RecordIndex {
    return new RecordIndex(this);
  }

  /** Puts this layer's changes into what lies below. */
  mergeDown(): void {
    if (this.#scopes === undefined) {
      return;
    }
    for (const [key, entry] of this.#own()) {
      this.#below?.set(key, entry);
    }
  }

  /** Ids of a page, in byte order. */
  page(scope: string, prefix: string, { after = "", limit }: Page): readonly string[] {
    const own = pageOf(this.#sorted(scope), prefix, { after, limit });
    const below = this.#below?.page(scope, prefix, { after, limit }) ?? [];
    return own.length === 0 ? below : [...new Set([...own, ...below])].sort().slice(0, limit);
  }

  /** Every record of this map; of a layer, those that it changes. */
  *keys(): Iterable<RecordKey> {
    for (const [key] of this.#own()) {
      yield key;
    }
  }

  *#own(): Iterable<[RecordKey, IndexEntry]> {
    for (const [scope, { entries }] of this.#scopes ?? []) {
      for (const [id, entry] of entries) {
        yield [{ scope, id }, entry];
      }
    }
  }

  #scope(name: string): Scope {
    this.#scopes ??= new Map();
    const scope = this.#scopes.get(name) ?? { entries: new Map(), ids: [], isSorted: true };
    this.#scopes.set(name, scope);
    return scope;
  }

  #sorted(name: string): readonly string[] {
    const scope = this.#scopes?.get(name);
    if (scope === undefined) {
      return [];
    }
    if (!scope.isSorted) {
      // Nearly sorted already, which costs one pass; and once after a start, whatever the order of the leaves.
      scope.ids.sort();
      scope.isSorted = true;
    }
    return scope.ids;
  }
}

function pageOf(ids: readonly string[], prefix: string, page: Page & { readonly after: string }) {
  const found: string[] = [];
  const start = page.after > prefix ? page.after : prefix;
  for (let i = firstFrom(ids, start); i < ids.length && found.length < page.limit; i += 1) {
    const id = ids[i] ?? "";
    if (!id.startsWith(prefix)) {
      break;
    }
    if (id > page.after) {
      found.push(id);
    }
  }
  return found;
}

function firstFrom(ids: readonly string[], start: string): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] ?? "") < start) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
