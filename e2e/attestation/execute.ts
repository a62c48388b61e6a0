// SPDX-License-Identifier: Apache-2.0
/** One execution of a parser: it returns or refuses, in time, or something is wrong with it. */

import { isStrongroomError } from "@strongroom/core";
import type { FuzzTarget } from "./fuzz-target.ts";

/** Milliseconds that an execution may take. */
export const longest = {
  /** On a machine that does nothing else. */
  alone: 100,
  /** In a test: beside others, in a process whose code was counted and whose memory is full. What takes the square of its length takes longer. */
  beside: 1_000,
} as const;

/** What became of it. */
export interface Execution {
  readonly accepted: boolean;
  /** Milliseconds: of time, or of the thread on a processor where that was longer than it should be. */
  readonly milliseconds: number;
  /** What is wrong; undefined where nothing is. */
  readonly problem: string | undefined;
}

/** Times that what was slow is run: the thread may have collected what others left, or not have compiled it yet. */
const attempts = 5;

/** Runs a parser on input; where that takes more than `most` milliseconds, the fastest time counts. */
export function execute(
  target: FuzzTarget,
  input: Uint8Array,
  most: number,
  left = attempts,
): Execution {
  const execution = executeOnce(target, input, most);
  const isSlow = execution.milliseconds > most && left > 1;
  return isSlow ? execute(target, input, most, left - 1) : execution;
}

function executeOnce(target: FuzzTarget, input: Uint8Array, most: number): Execution {
  const before = performance.now();
  const cpu = process.threadCpuUsage();
  let problem: string | undefined;
  let accepted = true;
  try {
    target.run(input);
  } catch (error) {
    accepted = false;
    problem = isStrongroomError(error, "EvidenceMalformed") ? undefined : String(error);
  }
  // Others may have had the processor meanwhile: only then is the time of this thread asked for.
  const passed = performance.now() - before;
  const { user, system } =
    passed < most ? { user: passed * 1000, system: 0 } : process.threadCpuUsage(cpu);
  const milliseconds = (user + system) / 1000;
  return {
    ...{ accepted, milliseconds },
    problem: milliseconds > most ? `${milliseconds} ms` : problem,
  };
}
