// SPDX-License-Identifier: Apache-2.0
/** `strongroom dev`: its options. */

import { resolve } from "node:path";
import type { AddCommand } from "../command-context.ts";
import { CommandError } from "../terminal.ts";
import { runDev } from "./run-dev.ts";

/** Adds the command. */
export const addDevCommand: AddCommand = (program, context) => {
  program
    .command("dev")
    .description("run a vault on this machine, with a software token and a file for a store")
    .option("--dir <directory>", "where everything is kept", ".strongroom/dev")
    .option("--port <port>", "TCP port on localhost, 0 for a free one", "8443")
    .action(async (options: { readonly dir: string; readonly port: string }) => {
      await runDev({
        ...context,
        directory: resolve(options.dir),
        port: parsePort(options.port),
      });
    });
};

function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new CommandError("BadParameter", `--port ${text} is no TCP port`);
  }
  return Number(text);
}
