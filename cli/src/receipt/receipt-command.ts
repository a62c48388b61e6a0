// SPDX-License-Identifier: Apache-2.0
/** `strongroom receipt`: receipts of releases, asked for at a vault and verified without one. */

import { objectKindSchema, objectNameSchema, receiptPlaceSchema } from "@strongroom/api";
import { createVaultClient } from "@strongroom/client";
import { isStrongroomError } from "@strongroom/core";
import type { AddCommand, CommandContext } from "../command-context.ts";
import { type ConnectionOptions, readConnection, withConnection } from "../connection.ts";
import { CommandEnded, CommandError, sayError } from "../terminal.ts";
import { readKeptHeads } from "./read-receipt-files.ts";
import { type VerifyReceiptOptions, verifyReceiptFile } from "./verify-receipt-file.ts";

/** Exit codes of `verify`: scripts ask for these three and nothing else. */
const exit = { refused: 1, unusable: 2 } as const;

interface GetOptions extends ConnectionOptions {
  readonly head?: string;
  readonly unwrapped?: string;
}

/** Adds the group. */
export const addReceiptCommand: AddCommand = (program, context) => {
  const group = program.command("receipt").description("receipts of releases");
  withConnection(
    group
      .command("list <object>")
      .description("list receipts of KIND/NAME, newest first, one JSON object a line"),
  ).action((object: string, options: ConnectionOptions) => list(context, object, options));
  withConnection(
    group
      .command("get <place>")
      .description("print the receipt of LOG/INDEX/KIND/NAME[/VERSION], made from the audit log"),
  )
    .option("--head <file>", "prove it against the largest of these heads of its log")
    .option("--unwrapped <hash>", "of several data keys, the one of which the list says this")
    .action((place: string, options: GetOptions) => get(context, place, options));
  const collect = (path: string, before: readonly string[]) => [...before, path];
  group
    .command("verify")
    .description("verify a receipt, and print what it says as one JSON object")
    .option("--receipt <file>", "the receipt")
    .option("--head <file>", "heads that somebody kept; may be repeated", collect, [])
    .option("--head-key <file>", "PEM of the key that must have signed the receipt's head")
    .option("--trust-root <file>", "PEM of the release root, of ConfigMap strongroom-ca")
    .action((options: VerifyReceiptOptions) => verify(context, options));
};

async function list(
  { stdout }: CommandContext,
  object: string,
  options: ConnectionOptions,
): Promise<void> {
  const [kind, name, ...rest] = object.split("/");
  const parsed = objectKindSchema.safeParse(kind);
  if (!parsed.success || !objectNameSchema.safeParse(name).success || rest.length > 0) {
    throw new CommandError("BadParameter", `${object} is not as secrets/NAME`);
  }
  const wanted = { kind: parsed.data, name: objectNameSchema.parse(name) };
  using client = createVaultClient(await readConnection(options));
  let next: string | undefined;
  do {
    const { value, nextLink } = await client.receipts.list(wanted, next);
    for (const entry of value) {
      stdout.write(`${JSON.stringify(entry)}\n`);
    }
    next = nextLink ?? undefined;
  } while (next !== undefined);
}

async function get({ stdout }: CommandContext, text: string, options: GetOptions): Promise<void> {
  const [log, index, kind, name, version] = text.split("/");
  const place = receiptPlaceSchema.safeParse({ log, index, kind, name });
  if (!place.success) {
    throw new CommandError("BadParameter", `${text} is not as LOG/INDEX/secrets/NAME`);
  }
  const kept = options.head === undefined ? [] : await readKeptHeads(options.head);
  const sizes = kept.filter((head) => head.log === log).map(({ size }) => size);
  if (options.head !== undefined && sizes.length === 0) {
    throw new CommandError("BadParameter", `${options.head} has no head of log ${log}`);
  }
  using client = createVaultClient(await readConnection(options));
  const { receipt } = await client.receipts.get(place.data, {
    ...(version !== undefined && { version }),
    ...(options.unwrapped !== undefined && { unwrapped: options.unwrapped }),
    ...(sizes.length > 0 && { size: Math.max(...sizes) }),
  });
  stdout.write(`${receipt}\n`);
}

async function verify(context: CommandContext, options: VerifyReceiptOptions): Promise<void> {
  try {
    if (!(await verifyReceiptFile(context, options)).verified) {
      throw new CommandEnded(exit.refused);
    }
  } catch (error) {
    if (!isStrongroomError(error, "BadParameter")) {
      throw error;
    }
    sayError(context, error);
    throw new CommandEnded(exit.unusable);
  }
}
