// SPDX-License-Identifier: Apache-2.0
/** `strongroom attestation`: evidence, verified or shown without any vault. */

import { isStrongroomError } from "@strongroom/core";
import type { CommanderError } from "commander";
import type { AddCommand, CommandContext } from "../command-context.ts";
import { CommandEnded, CommandError, sayError } from "../terminal.ts";
import { addBundleCommand } from "./bundle-command.ts";
import { evidenceKinds, verifyEvidence } from "./evidence-kinds.ts";
import {
  type EvidenceOptions,
  parseKind,
  readEvidence,
  readQuestion,
  type VerifyOptions,
} from "./question.ts";
import { showEvidence } from "./show-evidence.ts";

/** Exit codes of `verify`: scripts ask for these three and nothing else. */
const exit = { refused: 1, unusable: 2 } as const;

const kinds = evidenceKinds.join(", ");

/** Adds the group. */
export const addAttestationCommand: AddCommand = (program, context) => {
  const group = program.command("attestation").description("evidence of trusted hardware");
  const collect = (path: string, before: readonly string[]) => [...before, path];
  group
    .command("verify")
    .exitOverride(endUnusable)
    .description("verify evidence and print claims, or why it is refused, as one JSON object")
    .option("--type <type>", kinds)
    .option("--evidence <file>", "the evidence: bytes, hexadecimal, base64, or an agent's JSON")
    .option(
      "--endorsements <file>",
      "what the vendor signed about it, keys of a token's issuer, or the evidence's other parts; may be repeated",
      collect,
      [] as readonly string[],
    )
    .option("--report-data <hex>", "what it must be bound to; in a report padded with zeros")
    .option("--nonce <hex>", "the same, where a verifier chose it")
    .option("--at <instant>", "instant to verify at, RFC 3339; default now")
    .option(
      "--trust-root <file>",
      "trust this certificate or key in place of the vendor's; may be repeated",
      collect,
      [] as readonly string[],
    )
    .option("--allow-debug", "accept evidence of what a debugger may read")
    .option("-o, --output <form>", "json", "json")
    .action((options: VerifyOptions) => orUnusable(context, () => verify(context, options)));
  group
    .command("show")
    .exitOverride(endUnusable)
    .description("print what evidence says, unverified")
    .option("--type <type>", `${kinds}; without it, whatever the evidence looks like`)
    .option("--evidence <file>", "the evidence: bytes, hexadecimal, base64, or an agent's JSON")
    .action((options: EvidenceOptions) => orUnusable(context, () => show(context, options)));
  addBundleCommand(group, context);
};

/** Arguments of no use are unusable input too; help that was asked for is none. */
function endUnusable(error: CommanderError): never {
  throw error.exitCode === 0 ? error : new CommandEnded(exit.unusable);
}

async function verify({ stdout }: CommandContext, options: VerifyOptions): Promise<void> {
  const { kind, question } = await readQuestion(options);
  const answer = verifyEvidence(kind, question);
  stdout.write(`${JSON.stringify(answer)}\n`);
  if (!answer.verified) {
    throw new CommandEnded(exit.refused);
  }
}

async function show({ stdout }: CommandContext, options: EvidenceOptions): Promise<void> {
  try {
    const kind = options.type === undefined ? undefined : parseKind(options.type);
    stdout.write(showEvidence(await readEvidence(options), kind));
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
