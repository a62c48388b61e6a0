// SPDX-License-Identifier: Apache-2.0
/** The command line as a whole: arguments in, exit code out. */

import { errorTable } from "@strongroom/core";
import { Command, CommanderError } from "commander";
import type { CommandContext } from "./command-context.ts";
import { commands } from "./commands.ts";
import { CommandEnded, say, sayError } from "./terminal.ts";

/** Runs one command. @returns the exit code; `sysexits.h` where one fits */
export async function runCommandLine(
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  const program = new Command("strongroom")
    .description("secrets, keys and certificates for attested workloads")
    .showHelpAfterError('(try "strongroom --help")');
  speakAsWeDo(program, context);
  for (const add of commands) {
    add(program, context);
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommandEnded) {
      return error.exitCode;
    }
    if (error instanceof CommanderError) {
      // Help that was asked for is no failure; what is wrong with the arguments has been said.
      return error.exitCode === 0 ? 0 : errorTable.BadParameter.exit;
    }
    return sayError(context, error);
  }
}

// Before any command is added: commands inherit these settings from the program at that moment.
function speakAsWeDo(program: Command, context: CommandContext): void {
  program.exitOverride().configureOutput({
    writeOut: (text) => context.stdout.write(text),
    writeErr: (text) => context.stderr.write(text),
    outputError: (text) => say(context, text.trimEnd()),
  });
}
