// SPDX-License-Identifier: Apache-2.0
/** `strongroom charter`: charters and orders, made, signed and checked on a machine without a network, and handed in from one with. */

import { charterSchema, contentOf, orderSchema, orderType, readStatement } from "@strongroom/api";
import { isStrongroomError, systemClock } from "@strongroom/core";
import type { AddCommand, CommandContext } from "../command-context.ts";
import { type ConnectionOptions, withConnection } from "../connection.ts";
import { parseOutput } from "../output-form.ts";
import { parseInstant } from "../parse-instant.ts";
import { CommandEnded, say, sayError } from "../terminal.ts";
import { writeOver } from "../write-file.ts";
import { addSignature, signerOf } from "./add-signature.ts";
import {
  type InitOptions,
  makeCharterDraft,
  makeOrderDraft,
  type OrderOptions,
} from "./make-draft.ts";
import { showCharter } from "./show-charter.ts";
import { showOrder } from "./show-order.ts";
import { readSigningKey } from "./signer-files.ts";
import { readStatementFile } from "./statement-file.ts";
import { submitStatement } from "./submit-statement.ts";
import { verifyCharter } from "./verify-charter.ts";

/** Exit codes of `verify`: scripts ask for these and nothing else. */
const exit = { refused: 1, unusable: 2 } as const;

/** Adds the group. */
export const addCharterCommand: AddCommand = (program, context) => {
  const group = program
    .command("charter")
    .description("what a vault's signers say, and no resource");
  const collect = (value: string, before: readonly string[]) => [...before, value];
  group
    .command("init")
    .description("write a draft of a charter to standard output")
    .option("--vault <uid>", "uid of the vault, for its first charter")
    .option("--after <file>", "or the charter that the new one follows")
    .option("--signer <file>", "public key of a signer, PEM; once for each", collect, [])
    .option("--threshold <number>", "signers that a change takes; default all")
    .option("--issuer <url>", "the installation's issuer, whose attestation tokens count")
    .option("--root <sha256>", "a vendor's root, hexadecimal; once for each", collect, [])
    .option("--days <number>", "until it expires", "365")
    .action(async (options: InitOptions) => print(context, await makeCharterDraft(options)));
  group
    .command("order")
    .description("write a draft of an order to standard output")
    .requiredOption("--vault <uid>", "uid of the vault")
    .requiredOption("--action <action>", "purge, recover or ungovern")
    .requiredOption("--object <object>", "KIND/NAME, KIND/NAME/VERSION, or vault")
    .option("--policy <name>", "with ungovern: the KeyReleasePolicy that is to let go")
    .option("--hours <number>", "until it expires", "24")
    .action((options: OrderOptions) => print(context, makeOrderDraft(options)));
  group
    .command("sign <file>")
    .description("sign a charter or an order; each signer once, on the same file")
    .requiredOption("--key <file>", "private key, PEM (PKCS #8): P-256, P-384 or Ed25519")
    .option("--out <file>", "where to write it; default the same file")
    .action((file: string, options: SignOptions) => sign(context, file, options));
  withConnection(
    group
      .command("submit <file>")
      .description("hand a charter that follows another, or an order, to the installation"),
  ).action((file: string, options: ConnectionOptions) => submitStatement(context, file, options));
  addReading(group, context);
};

function addReading(group: Parameters<AddCommand>[0], context: CommandContext): void {
  group
    .command("verify <file>")
    .description("say whether a vault would take a charter")
    .option("--after <file>", "the charter in force; default: it is the first one")
    .option("--at <instant>", "instant that it is taken at, RFC 3339; default now")
    .option("-o, --output <form>", "text or json", "text")
    .action((file: string, options: VerifyOptions) => verify(context, file, options));
  group
    .command("show <file>")
    .description("say what is in a charter or an order; nothing is said about its signatures")
    .option("-o, --output <form>", "text or json, to be edited", "text")
    .action((file: string, options: ShowOptions) => show(context, file, options));
}

interface SignOptions {
  readonly key: string;
  readonly out?: string;
}

interface ShowOptions {
  readonly output: string;
}

interface VerifyOptions {
  readonly after?: string;
  readonly at?: string;
  readonly output: string;
}

async function show(context: CommandContext, file: string, options: ShowOptions): Promise<void> {
  const output = parseOutput(options.output);
  const { statement, typ } = await readStatementFile(file);
  if (output === "json") {
    print(context, contentOf(statement) as object);
    return;
  }
  context.stdout.write(
    typ === orderType
      ? showOrder(readStatement(statement, orderSchema), statement)
      : showCharter(readStatement(statement, charterSchema), statement, systemClock.now()),
  );
}

function print({ stdout }: CommandContext, content: object): void {
  stdout.write(`${JSON.stringify(content, null, 2)}\n`);
}

async function sign(context: CommandContext, file: string, options: SignOptions): Promise<void> {
  const read = await readStatementFile(file);
  const signed = addSignature(read, await readSigningKey(options.key));
  const out = options.out ?? file;
  await writeOver(out, `${JSON.stringify(signed)}\n`);
  const by = signed.signatures.map(signerOf).join(", ");
  say(context, `${read.typ} in ${out} has signatures by ${by}`);
}

async function verify(
  context: CommandContext,
  file: string,
  { after, at, output: form }: VerifyOptions,
): Promise<void> {
  try {
    const output = parseOutput(form);
    const check = await verifyCharter(file, after, parseInstant(at));
    if (output === "json") {
      context.stdout.write(`${JSON.stringify(check)}\n`);
    } else {
      context.stdout.write(
        check.verified
          ? `charter ${check.serial} of vault ${check.vault}, signed by ${check.signedBy.join(", ")}\n`
          : `refused: ${check.reason}\n`,
      );
    }
    if (!check.verified) {
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
