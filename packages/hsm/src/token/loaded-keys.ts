// SPDX-License-Identifier: Apache-2.0
/** Keys that are session objects now: the most recently used ones, by their blobs. */

import { toBuffer } from "./attributes.ts";
import type { OpenBlob } from "./blob.ts";
import type { Purpose } from "./key-purposes.ts";
import type { Handle } from "./pkcs11.ts";
import type { Session } from "./primitives.ts";

/** Keys kept loaded; one P-256 key takes some 2 KiB of the token's memory. */
const maxLoadedKeys = 256;

/** Bytes of a tag, its last ones, that a key is found by: as many as an integer of JavaScript has. */
const nameBytes = 6;

/** A key whose blob's tag was right, and its objects by their purposes. */
export interface LoadedKey extends OpenBlob {
  readonly blob: Uint8Array;
  readonly objects: Map<Purpose, Handle>;
}

interface Entry {
  readonly key: LoadedKey;
  readonly blob: Buffer;
  lastUse: number;
}

/** A bounded map that destroys the session objects of what it forgets. */
export class LoadedKeys {
  /** By 48 bits of the blobs' tags, which is faster than a digest; the blob itself is compared. */
  readonly #entries = new Map<number, Entry>();
  readonly #session: Session;
  #uses = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  /** The key of exactly this blob, which becomes the most recently used. */
  get(blob: Uint8Array): LoadedKey | undefined {
    const bytes = toBuffer(blob);
    const entry = this.#entries.get(nameOf(bytes));
    // Nothing secret is compared: who sends a blob has it.
    if (entry === undefined || !entry.blob.equals(bytes)) {
      return undefined;
    }
    this.#uses += 1;
    entry.lastUse = this.#uses;
    return entry.key;
  }

  /** Keeps a key; the least recently used one goes when there are too many. */
  add(key: LoadedKey): void {
    const blob = toBuffer(key.blob);
    const name = nameOf(blob);
    this.#forget(name);
    if (this.#entries.size >= maxLoadedKeys) {
      this.#forget(this.#leastRecentlyUsed());
    }
    this.#uses += 1;
    this.#entries.set(name, { key, blob, lastUse: this.#uses });
  }

  #leastRecentlyUsed(): number {
    const all = [...this.#entries];
    return all.reduce((least, next) => (next[1].lastUse < least[1].lastUse ? next : least))[0];
  }

  #forget(name: number): void {
    const entry = this.#entries.get(name);
    this.#entries.delete(name);
    for (const handle of entry?.key.objects.values() ?? []) {
      this.#session.module.C_DestroyObject(this.#session.handle, handle);
    }
  }
}

function nameOf(blob: Buffer): number {
  return blob.length < nameBytes ? 0 : blob.readUIntBE(blob.length - nameBytes, nameBytes);
}
