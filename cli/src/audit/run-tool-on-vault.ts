// SPDX-License-Identifier: Apache-2.0
/** The auditing program on a running vault: it asks for logs and leaves, and this process, which is connected, answers. */

import type { ChildProcess } from "node:child_process";
import { type AuditClient, createVaultClient } from "@strongroom/client";
import type { CommandContext } from "../command-context.ts";
import { type ConnectionOptions, readConnection } from "../connection.ts";
import { runTool } from "./run-tool.ts";

type Question =
  | { readonly kind: "logs" }
  | {
      readonly kind: "leaves";
      readonly log: string;
      readonly from: number;
      readonly limit: number;
    };

/** Runs it to its end. @throws {StrongroomError} what the vault refused, before what the program says */
export async function runToolOnVault(
  context: CommandContext,
  options: ConnectionOptions,
  args: readonly string[],
): Promise<void> {
  using client = createVaultClient(await readConnection(options));
  const failures: unknown[] = [];
  const attend = (child: ChildProcess) => {
    child.on("message", (question) => {
      void answer(client.audit, question as Question).then(
        (found) => child.send(found),
        (error: unknown) => {
          failures.push(error);
          child.kill();
        },
      );
    });
  };
  try {
    await runTool(context, [...args, "--remote"], attend);
  } catch (error) {
    throw failures[0] ?? error;
  }
}

/** Prints the vault's newest signed head, which somebody keeps for a later `verify --head`. */
export async function printHead(
  { stdout }: CommandContext,
  options: ConnectionOptions,
): Promise<void> {
  using client = createVaultClient(await readConnection(options));
  const { head } = await client.audit.logs();
  stdout.write(`${JSON.stringify(head)}\n`);
}

async function answer(audit: AuditClient, question: Question): Promise<object> {
  return question.kind === "logs" ? await audit.logs() : await audit.leaves(question.log, question);
}
