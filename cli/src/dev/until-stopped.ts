// SPDX-License-Identifier: Apache-2.0
/** The end of `strongroom dev`: a signal, the end of what started it, or the end of one of its programs. */

import { StrongroomError, systemClock } from "@strongroom/core";
import type { CommandContext } from "../command-context.ts";
import type { StartedProgram } from "./programs.ts";

const pollInterval = 500;

/** What may end it. */
export interface Starter extends Pick<CommandContext, "environment"> {
  /** Id of the process that started this one. */
  readonly parent: number;
}

/** Resolves when it is asked to stop. @throws {StrongroomError} `Internal` if a program ended by itself */
export async function untilStopped(
  starter: Starter,
  programs: readonly StartedProgram[],
): Promise<void> {
  const settled = new AbortController();
  const ended = programs.map(async (program) => {
    await program.ended;
    throw new StrongroomError("Internal", `${program.name} ended`);
  });
  try {
    await Promise.race([untilSignal(), untilNpmIsGone(starter, settled.signal), ...ended]);
  } finally {
    settled.abort();
    for (const each of ended) {
      each.catch(() => undefined);
    }
  }
}

async function untilSignal(): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}

// npx hands a signal to the shell that it started, and that shell does not hand it on: what is left to see is that the
// parent has changed. Started by anything else, the command may outlive its parent, as with nohup.
async function untilNpmIsGone(
  { environment, parent }: Starter,
  signal: AbortSignal,
): Promise<void> {
  while (environment["npm_lifecycle_event"] === undefined || process.ppid === parent) {
    if (signal.aborted) {
      return;
    }
    await systemClock.sleep(pollInterval, signal).catch(() => undefined);
  }
}
