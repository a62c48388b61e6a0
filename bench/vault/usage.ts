// SPDX-License-Identifier: Apache-2.0
/** What a process has used, by the kernel's word. */

import { readFileSync } from "node:fs";

/** Clock ticks a second, `USER_HZ`: the same on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Seconds of CPU that a process has used, all of its threads together. proc(5), `stat`. */
export function cpuSeconds(pid: number): number {
  return secondsOf(`/proc/${pid}/stat`);
}

function secondsOf(file: string): number {
  const stat = readFileSync(file, "latin1");
  // The name of the program may hold anything but ends with the last parenthesis.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Proportional set size of a process in MB (1,000 kB). */
export function pssOf(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "latin1");
  return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1]) / 1_000;
}
