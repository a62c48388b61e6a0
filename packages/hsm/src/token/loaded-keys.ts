// SPDX-License-Identifier: Apache-2.0
/** Keys that are session objects now: the most recently used ones, by the digest of their blobs. */

import type { BlobHeader } from "./blob.ts";
import type { Handle } from "./pkcs11.ts";
import type { Session } from "./primitives.ts";

/** Keys kept loaded; one P-256 key takes some 2 KiB of the token's memory. */
const maxLoadedKeys = 256;

/** A loaded key and what its blob said; equal digests mean equal bytes, so its tag was checked. */
export interface LoadedKey {
  readonly header: BlobHeader;
  readonly handle: Handle;
}

/** A bounded map that destroys the session object of what it forgets. */
export class LoadedKeys {
  readonly #keys = new Map<string, LoadedKey>();
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** The key of a blob with this digest, which becomes the most recently used. */
  get(digest: string): LoadedKey | undefined {
    const key = this.#keys.get(digest);
    if (key !== undefined) {
      this.#keys.delete(digest);
      this.#keys.set(digest, key);
    }
    return key;
  }

  /** Keeps a key; the least recently used one goes when there are too many. */
  add(digest: string, key: LoadedKey): void {
    this.#keys.set(digest, key);
    const [oldest] = this.#keys;
    if (this.#keys.size > maxLoadedKeys && oldest !== undefined) {
      const [oldestDigest, { handle }] = oldest;
      this.#keys.delete(oldestDigest);
      this.#session.module.C_DestroyObject(this.#session.handle, handle);
    }
  }
}
