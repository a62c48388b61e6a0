// SPDX-License-Identifier: Apache-2.0
/** A bounded map that forgets what was not used for longest. */

/** What is kept, by key. */
export interface Lru<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  /** Forgets every entry whose key begins so. */
  forget(prefix: string): void;
}

/** A map of at most `limit` entries. */
export function createLru<V>(limit: number): Lru<V> {
  const entries = new Map<string, V>();
  return {
    get: (key) => {
      const value = entries.get(key);
      if (value !== undefined) {
        // A Map iterates in the order of insertion: used last, inserted last.
        entries.delete(key);
        entries.set(key, value);
      }
      return value;
    },
    set: (key, value) => {
      entries.delete(key);
      entries.set(key, value);
      const oldest = entries.keys().next();
      if (entries.size > limit && !oldest.done) {
        entries.delete(oldest.value);
      }
    },
    forget: (prefix) => {
      for (const key of entries.keys()) {
        if (key.startsWith(prefix)) {
          entries.delete(key);
        }
      }
    },
  };
}
