// SPDX-License-Identifier: Apache-2.0
/** Entry point of the command line, `strongroom`. */

import { resolve } from "node:path";
import { errorTable, isStrongroomError } from "@strongroom/core";
import { Command } from "commander";
import { runDev } from "./dev/run-dev.ts";

const program = new Command("strongroom").description("secrets for attested workloads");

program
  .command("dev")
  .description("run a vault on this machine, with a software token and a file for a store")
  .option("--dir <directory>", "where everything is kept", ".strongroom/dev")
  .option("--port <port>", "TCP port on localhost", "8443")
  .action(async (options: { readonly dir: string; readonly port: string }) => {
    await runDev({
      directory: resolve(options.dir),
      port: Number(options.port),
      environment: process.env,
    });
  });

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`strongroom: ${error instanceof Error ? error.message : "failed"}\n`);
  process.exitCode = isStrongroomError(error) ? errorTable[error.code].exit : 1;
}
