// SPDX-License-Identifier: Apache-2.0
/** A parser that is fuzzed, and ways to write what it is given. */

/** A parser with what it is given before it is changed. */
export interface FuzzTarget {
  readonly name: string;
  readonly run: (bytes: Uint8Array) => unknown;
  readonly corpus: readonly [Uint8Array, ...Uint8Array[]];
  /** How many of a thousand executions are its own: fewer where one takes long. */
  readonly share: number;
}

/** One of them. */
export function target(
  name: string,
  run: FuzzTarget["run"],
  share: number,
  ...corpus: [Uint8Array, ...Uint8Array[]]
): FuzzTarget {
  return { name, run, share, corpus };
}

/** Bytes of a text. */
export const bytesOf = (text: string) => new Uint8Array(Buffer.from(text));

/** Text of bytes, one character each. */
export const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

/** Bytes of a value as JSON. */
export const json = (value: unknown) => bytesOf(JSON.stringify(value));
