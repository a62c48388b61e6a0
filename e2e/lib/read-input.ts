// SPDX-License-Identifier: Apache-2.0
/** What a step hands to a program on standard input, so that tokens are in no argument. */

import { json } from "node:stream/consumers";

/**
 * Reads standard input to its end as JSON of the caller's shape.
 *
 * Not by `readFileSync(0)`: a library that looks at `process.stdin` makes the pipe non-blocking, and a writer that is slower
 * than the imports is then an EAGAIN.
 */
export async function readInput<T>(): Promise<T> {
  return (await json(process.stdin)) as T;
}
