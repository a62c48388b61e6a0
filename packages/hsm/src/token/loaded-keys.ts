// SPDX-License-Identifier: Apache-2.0
/** Keys that are session objects now: the most recently used ones, by their blobs. */

import { equalBytes } from "@strongroom/core";
import type { OpenBlob } from "./blob.ts";
import type { Purpose } from "./key-purposes.ts";
import type { Handle } from "./pkcs11.ts";
import type { Session } from "./primitives.ts";

/** Keys kept loaded; one P-256 key takes some 2 KiB of the token's memory. */
const maxLoadedKeys = 256;

/** Length of a blob's tag in bytes: what a key is found by before its blob is compared. */
const tagBytes = 32;

/** A key whose blob's tag was right, and its objects by their purposes. */
export interface LoadedKey extends OpenBlob {
  readonly blob: Uint8Array;
  readonly objects: Map<Purpose, Handle>;
}

/** A bounded map that destroys the session objects of what it forgets. */
export class LoadedKeys {
  readonly #keys = new Map<string, LoadedKey>();
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** The key of exactly this blob, which becomes the most recently used. */
  get(blob: Uint8Array): LoadedKey | undefined {
    const name = nameOf(blob);
    const key = this.#keys.get(name);
    if (key === undefined || !equalBytes(key.blob, blob)) {
      return undefined;
    }
    this.#keys.delete(name);
    this.#keys.set(name, key);
    return key;
  }

  /** Keeps a key; the least recently used one goes when there are too many. */
  add(key: LoadedKey): void {
    this.#keys.set(nameOf(key.blob), key);
    const [oldest] = this.#keys;
    if (this.#keys.size > maxLoadedKeys && oldest !== undefined) {
      const [name, { objects }] = oldest;
      this.#keys.delete(name);
      for (const handle of objects.values()) {
        this.#session.module.C_DestroyObject(this.#session.handle, handle);
      }
    }
  }
}

function nameOf(blob: Uint8Array): string {
  const { buffer, byteOffset, length } = blob;
  return Buffer.from(buffer, byteOffset, length).toString("latin1", Math.max(0, length - tagBytes));
}
