// SPDX-License-Identifier: Apache-2.0
/** Secret bytes that print as `[secret]` and are wiped when their scope ends. */

import { inspect } from "node:util";

/**
 * Bytes that must not be printed, logged or serialised. Use with `using`: disposal overwrites them.
 *
 * JavaScript may have copied the memory before; docs/limitations.md says what that means.
 */
export class SecretBytes implements Disposable {
  readonly #bytes: Uint8Array;

  /** Takes ownership of `bytes`: the caller keeps no copy. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The bytes themselves, not a copy. Every call is a place to review. */
  reveal(): Uint8Array {
    return this.#bytes;
  }

  get length(): number {
    return this.#bytes.length;
  }

  [Symbol.dispose](): void {
    this.#bytes.fill(0);
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [inspect.custom](): string {
    return "[secret]";
  }
}
