// SPDX-License-Identifier: Apache-2.0
/**
 * One digest over the newest revision of every record, which costs only what has changed.
 *
 * Records are spread over buckets by name. A bucket's hash covers its records' scope, id, revision and digest in order;
 * the digest covers the buckets' hashes.
 */

import { type Hash, type RecordKey, sha256, utf8 } from "@strongroom/core";
import { nameOf } from "./finding.ts";
import type { RecordIndex } from "./record-index.ts";

/** With 100,000 records a bucket holds 25. */
const bucketCount = 4096;

/** Offset basis and prime of FNV-1a, 32 bits: it spreads, and need not do more. */
const fnv = { basis: 0x811c9dc5, prime: 0x01000193 } as const;

interface Bucket {
  /** Records by name. */
  readonly keys: Map<string, RecordKey>;
  hash: Hash | undefined;
}

/** The digest of an index that changes. */
export class StateDigest {
  readonly #index: Pick<RecordIndex, "get">;
  readonly #buckets: Bucket[] = Array.from({ length: bucketCount }, () => ({
    keys: new Map(),
    hash: undefined,
  }));

  constructor(index: Pick<RecordIndex, "get">) {
    this.#index = index;
  }

  /** Says that a record was added or changed. */
  touch(key: RecordKey): void {
    const name = nameOf(key);
    const bucket = this.#buckets[spread(name) % bucketCount];
    if (bucket !== undefined) {
      bucket.keys.set(name, key);
      bucket.hash = undefined;
    }
  }

  /** The digest now. */
  digest(): Hash {
    return sha256(...this.#buckets.map((bucket) => (bucket.hash ??= this.#hash(bucket))));
  }

  #hash({ keys }: Bucket): Hash {
    const records = [...keys].sort(([a], [b]) => (a < b ? -1 : 1));
    const lines = records.map(([, key]) => {
      const { revision = 0, digest = "" } = this.#index.get(key) ?? {};
      return JSON.stringify([key.scope, key.id, revision, digest]);
    });
    return sha256(utf8(lines.join("\n")));
  }
}

function spread(text: string): number {
  let hash: number = fnv.basis;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), fnv.prime);
  }
  return hash >>> 0;
}
