// SPDX-License-Identifier: Apache-2.0
/**
 * How the command line speaks.
 *
 * What was asked for goes to standard output, alone. Everything else goes to standard error, each line with the prefix
 * "strongroom:". No capitalised initials, no full stops at the end, no colours, no progress bars. An error says what is
 * wrong in one line; hints, if any, say what to do, one line each. A value or a token is never part of either.
 */

import { errorTable, isStrongroomError, StrongroomError } from "@strongroom/core";
import type { CommandContext } from "./command-context.ts";

/** An error with advice for a person at a terminal; hints exist here only, never on a wire. */
export class CommandError extends StrongroomError {
  readonly hints: readonly string[];

  constructor(
    code: ConstructorParameters<typeof StrongroomError>[0],
    message: string,
    ...hints: readonly string[]
  ) {
    super(code, message);
    this.hints = hints;
  }
}

/** How a command ends that has said everything itself, and whose exit codes are its own. */
export class CommandEnded extends Error {
  override readonly name = "CommandEnded";
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`ended with ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** Tells a person something. */
export function say({ stderr }: Pick<CommandContext, "stderr">, message: string): void {
  for (const line of message.split("\n")) {
    stderr.write(`strongroom: ${line}\n`);
  }
}

/** Says what went wrong. @returns the exit code: of the error's row in the table, 70 for what is no error of ours */
export function sayError(context: Pick<CommandContext, "stderr">, error: unknown): number {
  say(context, `error: ${error instanceof Error ? error.message : "failed"}`);
  if (error instanceof CommandError) {
    for (const hint of error.hints) {
      say(context, `hint: ${hint}`);
    }
  }
  return isStrongroomError(error) ? errorTable[error.code].exit : errorTable.Internal.exit;
}
