// SPDX-License-Identifier: Apache-2.0
/** The end of `strongroom dev`: a signal, the end of what started it, or the end of one of its programs. */

import { StrongroomError, systemClock } from "@strongroom/core";
import type { CommandContext } from "../command-context.ts";
import type { StartedProgram } from "./programs.ts";

const pollInterval = 500;

/** Resolves when it is asked to stop. @throws {StrongroomError} `Internal` if a program ended by itself */
export async function untilStopped(
  { environment }: Pick<CommandContext, "environment">,
  programs: readonly StartedProgram[],
): Promise<void> {
  const settled = new AbortController();
  const ended = programs.map(async (program) => {
    await program.ended;
    throw new StrongroomError("Internal", `${program.name} ended`);
  });
  try {
    await Promise.race([untilSignal(), untilNpmIsGone(environment, settled.signal), ...ended]);
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
  environment: CommandContext["environment"],
  signal: AbortSignal,
): Promise<void> {
  const parent = process.ppid;
  while (environment["npm_lifecycle_event"] === undefined || process.ppid === parent) {
    if (signal.aborted) {
      return;
    }
    await systemClock.sleep(pollInterval, signal).catch(() => undefined);
  }
}
