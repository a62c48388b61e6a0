// SPDX-License-Identifier: Apache-2.0
/** The TPM's key derivation functions, KDFa and KDFe. TPM 2.0 Part 1, sections 11.4.10.2 and 11.4.10.3. */

import { createHash, createHmac } from "node:crypto";
import { concatBytes, u32be, utf8 } from "@strongroom/core";
import { digestBytes, type StrongHash } from "./algorithms.ts";

/** What a derivation is for: a label, two contexts, and the number of bits wanted (a multiple of 8). */
export interface Derivation {
  readonly hash: StrongHash;
  readonly label: string;
  readonly contextU?: Uint8Array;
  readonly contextV?: Uint8Array;
  readonly bits: number;
}

/** KDFa: SP 800-108 counter mode with HMAC. */
export function kdfa(key: Uint8Array, derivation: Derivation): Uint8Array<ArrayBuffer> {
  const { hash, bits } = derivation;
  const fixed = concatBytes(label(derivation), contexts(derivation), u32be(bits));
  return blocks(hash, bits, (counter) =>
    createHmac(hash, key).update(counter).update(fixed).digest(),
  );
}

/** KDFe: SP 800-56A one-step derivation from the x coordinate of a shared point. */
export function kdfe(shared: Uint8Array, derivation: Derivation): Uint8Array<ArrayBuffer> {
  const { hash, bits } = derivation;
  const fixed = concatBytes(label(derivation), contexts(derivation));
  return blocks(hash, bits, (counter) =>
    createHash(hash).update(counter).update(shared).update(fixed).digest(),
  );
}

// The label's terminating NUL is part of what is hashed.
function label(derivation: Derivation): Uint8Array {
  return utf8(`${derivation.label}\0`);
}

function contexts({ contextU, contextV }: Derivation): Uint8Array {
  return concatBytes(contextU ?? new Uint8Array(), contextV ?? new Uint8Array());
}

function blocks(
  hash: StrongHash,
  bits: number,
  block: (counter: Uint8Array) => Uint8Array,
): Uint8Array<ArrayBuffer> {
  const count = Math.ceil(bits / 8 / digestBytes[hash]);
  const parts = Array.from({ length: count }, (_, index) => block(u32be(index + 1)));
  return concatBytes(...parts).slice(0, bits / 8);
}
