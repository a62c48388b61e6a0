// SPDX-License-Identifier: Apache-2.0
/** What a command works with: the process as seen from inside, and how it adds itself to the command line. */

import type { Readable, Writable } from "node:stream";
import type { Command } from "commander";

/** The process: only `main.ts` reads the real one. */
export interface CommandContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What was asked for, and nothing else: it may be piped into a file. */
  readonly stdout: Writable;
  /** Everything that is for a person; see `terminal.ts`. */
  readonly stderr: Writable;
  readonly stdin: Readable;
}

/** Adds one command, or one group of commands, to the program. */
export type AddCommand = (program: Command, context: CommandContext) => void;
