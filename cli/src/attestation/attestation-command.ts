// SPDX-License-Identifier: Apache-2.0
/** `strongroom attestation`: evidence, verified or shown without any vault. */

import { isStrongroomError } from "@strongroom/core";
import type { AddCommand, CommandContext } from "../command-context.ts";
import { CommandEnded, CommandError, sayError } from "../terminal.ts";
import {
  type EvidenceOptions,
  readEvidence,
  readQuestion,
  type VerifyOptions,
} from "./question.ts";
import { showQuote } from "./show-quote.ts";
import { verifyDcapEvidence } from "./verify-dcap-evidence.ts";

/** Exit codes of `verify`: scripts ask for these three and nothing else. */
const exit = { refused: 1, unusable: 2 } as const;

/** Adds the group. */
export const addAttestationCommand: AddCommand = (program, context) => {
  const group = program.command("attestation").description("evidence of trusted hardware");
  const collect = (path: string, before: readonly string[]) => [...before, path];
  group
    .command("verify")
    .description("verify evidence and print claims, or why it is refused, as one JSON object")
    .option("--type <type>", "tdx or sgx")
    .option("--evidence <file>", "the quote, as bytes or in hexadecimal")
    .option(
      "--endorsements <file>",
      "what the vendor signed about it: PEM, DER, or collateral in JSON; may be repeated",
      collect,
      [] as readonly string[],
    )
    .option("--report-data <hex>", "what it must be bound to; up to 64 bytes, padded with zeros")
    .option("--nonce <hex>", "the same, where a verifier chose it")
    .option("--at <instant>", "instant to verify at, RFC 3339; default now")
    .option(
      "--trust-root <file>",
      "trust this certificate in place of the vendor's; may be repeated",
      collect,
      [] as readonly string[],
    )
    .option("--allow-debug", "accept evidence of what a debugger may read")
    .option("-o, --output <form>", "json", "json")
    .action((options: VerifyOptions) => orUnusable(context, () => verify(context, options)));
  group
    .command("show")
    .description("print what evidence says, unverified")
    .option("--evidence <file>", "the quote, as bytes or in hexadecimal")
    .action((options: EvidenceOptions) => orUnusable(context, () => show(context, options)));
};

async function verify({ stdout }: CommandContext, options: VerifyOptions): Promise<void> {
  const { kind, question } = await readQuestion(options);
  const answer = verifyDcapEvidence(kind, question);
  stdout.write(`${JSON.stringify(answer)}\n`);
  if (!answer.verified) {
    throw new CommandEnded(exit.refused);
  }
}

async function show({ stdout }: CommandContext, options: EvidenceOptions): Promise<void> {
  try {
    stdout.write(showQuote(await readEvidence(options)));
  } catch (error) {
    throw isStrongroomError(error, "EvidenceMalformed")
      ? new CommandError("BadParameter", `no evidence that is known: ${error.message}`)
      : error;
  }
}

async function orUnusable(context: CommandContext, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!isStrongroomError(error, "BadParameter")) {
      throw error;
    }
    sayError(context, error);
    throw new CommandEnded(exit.unusable);
  }
}
