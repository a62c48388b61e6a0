// SPDX-License-Identifier: Apache-2.0
/** Runs commands in the local cluster's node, and prints figures in columns. */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const execNode = fileURLToPath(new URL("../e2e/cluster/exec-node.sh", import.meta.url));
const maxBuffer = 16 << 20;

/** Standard output of a command in the node. */
export async function inNode(...command: readonly string[]): Promise<string> {
  return (await run(execNode, [...command], { maxBuffer })).stdout;
}

/** Standard output of a command in the node that gets `input`. */
export async function inNodeWithInput(command: readonly string[], input: string): Promise<string> {
  const promise = run(execNode, [...command], { maxBuffer });
  promise.child.stdin?.end(input);
  return (await promise).stdout;
}

/** Standard output of kubectl. */
export async function kubectl(...args: readonly string[]): Promise<string> {
  return (await run("kubectl", [...args], { maxBuffer })).stdout;
}

/** One row: what, the figure, the goal, and the ratio to the yardstick. */
export function row(what: string, figure: string, goal: string, ratio: string): void {
  console.log(`${what.padEnd(34)}${figure.padStart(12)}${goal.padStart(14)}${ratio.padStart(16)}`);
}

/** The value at `share` (0 to 1) of the sorted sample. */
export function percentile(sample: readonly number[], share: number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
