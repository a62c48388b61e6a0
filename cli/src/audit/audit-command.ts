// SPDX-License-Identifier: Apache-2.0
/** `strongroom audit`: the audit log of a store that lies in a file, or of a vault that runs. */

import type { Command } from "commander";
import type { AddCommand, CommandContext } from "../command-context.ts";
import {
  type ConnectionOptions,
  requireConnection,
  withOptionalConnection,
} from "../connection.ts";
import { CommandError } from "../terminal.ts";
import { runTool } from "./run-tool.ts";
import { printHead, runToolOnVault } from "./run-tool-on-vault.ts";

interface SubjectOptions extends Partial<ConnectionOptions> {
  readonly store?: string;
}

interface VerifyOptions extends SubjectOptions {
  readonly head: readonly string[];
  readonly headKey?: string;
}

/** Adds the group. */
export const addAuditCommand: AddCommand = (program, context) => {
  const group = program
    .command("audit")
    .description("the audit log of a store, of a copy, or of a running vault");
  const command = (name: string, description: string): Command =>
    withOptionalConnection(
      group
        .command(name)
        .description(description)
        .option("--store <path>", "vault.db, or the folder that holds it"),
    );
  const collect = (path: string, before: readonly string[]) => [...before, path];
  command(
    "verify",
    "verify leaves against each other and heads; of a store, records and values too",
  )
    .option(
      "--head <path>",
      "a file with heads that somebody kept, or the token's folder of heads; may be repeated",
      collect,
      [] as readonly string[],
    )
    .option(
      "--head-key <file>",
      "PEM of the key that signs heads, where the store or the vault is not believed",
    )
    .action(async ({ head, headKey, ...subject }: VerifyOptions) => {
      const heads = head.flatMap((path) => ["--head", path]);
      const key = headKey === undefined ? [] : ["--head-key", headKey];
      await look(context, subject, ["verify", ...heads, ...key]);
    });
  command(
    "head",
    "print heads to keep: of a store size and root of each log, of a vault the newest, signed",
  ).action(async (subject: SubjectOptions) =>
    subject.url === undefined
      ? await look(context, subject, ["head"])
      : await printHead(context, requireConnection(subject)),
  );
  command("export", "print every leaf with its hash, one JSON object a line").action(
    (subject: SubjectOptions) => look(context, subject, ["export"]),
  );
};

async function look(
  context: CommandContext,
  { store, ...connection }: SubjectOptions,
  args: readonly string[],
): Promise<void> {
  if ((store === undefined) === (connection.url === undefined)) {
    throw new CommandError("BadParameter", "give one of --store and --url");
  }
  if (store === undefined) {
    await runToolOnVault(context, requireConnection(connection), args);
  } else {
    await runTool(context, [...args, "--store", store]);
  }
}
