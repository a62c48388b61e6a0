// SPDX-License-Identifier: Apache-2.0
/** `strongroom audit`: the audit log of a store that lies in a file, looked at without its vault. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import type { AddCommand, CommandContext } from "../command-context.ts";
import { programPath } from "../dev/programs.ts";
import { CommandError } from "../terminal.ts";

interface StoreOption {
  readonly store: string;
}

interface VerifyOptions extends StoreOption {
  readonly head: readonly string[];
  readonly headKey?: string;
}

/** Adds the group. */
export const addAuditCommand: AddCommand = (program, context) => {
  const group = program.command("audit").description("the audit log of a store, or of a copy");
  const store = ["--store <path>", "vault.db, or the folder that holds it"] as const;
  const collect = (path: string, before: readonly string[]) => [...before, path];
  group
    .command("verify")
    .description("verify leaves, records and values against each other and against heads")
    .requiredOption(...store)
    .option(
      "--head <path>",
      "a file with heads that somebody kept, or the token's folder of heads; may be repeated",
      collect,
      [] as readonly string[],
    )
    .option(
      "--head-key <file>",
      "PEM of the key that signs heads, where the store's is not believed",
    )
    .action(async ({ head, headKey, ...options }: VerifyOptions) => {
      const heads = head.flatMap((path) => ["--head", path]);
      const key = headKey === undefined ? [] : ["--head-key", headKey];
      await runTool(context, ["verify", "--store", options.store, ...heads, ...key]);
    });
  group
    .command("head")
    .description("print size and root of each log, one JSON object a line")
    .requiredOption(...store)
    .action((options: StoreOption) => runTool(context, ["head", "--store", options.store]));
  group
    .command("export")
    .description("print every leaf with its hash, one JSON object a line")
    .requiredOption(...store)
    .action((options: StoreOption) => runTool(context, ["export", "--store", options.store]));
};

// The vault's own code in a process of its own: the command line holds none of it.
async function runTool({ stdout, stderr }: CommandContext, args: readonly string[]): Promise<void> {
  const path = programPath("@strongroom/vault/audit");
  const child = spawn(process.execPath, [...process.execArgv, path, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.pipe(stdout, { end: false });
  child.stderr.pipe(stderr, { end: false });
  const [code] = (await once(child, "close")) as [number | null];
  if (code === 1) {
    throw new CommandError("StoreTampered", "the store does not verify");
  }
  if (code !== 0) {
    throw new CommandError("BadParameter", "the store could not be looked at");
  }
}
