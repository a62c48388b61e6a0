// SPDX-License-Identifier: Apache-2.0
/** The request of a ceremony's process, and its bond to the host: when the host's end closes, the process ends. */

import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/**
 * The first line of `input`.
 *
 * @param onOrphaned Called when the input ends: a ceremony whose host is gone must decide nothing, as the next host may
 * begin another.
 */
export async function readCeremonyInput(input: Readable, onOrphaned: () => void): Promise<string> {
  const lines = createInterface({ input });
  lines.once("close", onOrphaned);
  const [line] = (await once(lines, "line")) as [string];
  return line;
}
