// SPDX-License-Identifier: Apache-2.0
/** `strongroom policy lint`: what is risky about a policy, as the status of its resource says it once it is in a vault. */

import {
  type PolicyRisk,
  policyRisks,
  type TrustedAuthorities,
  toReferenceValues,
} from "@strongroom/core";
import type { CommandContext } from "../command-context.ts";
import { escapeUnprintable } from "../escape-unprintable.ts";
import { parseOutput } from "../output-form.ts";
import { CommandError } from "../terminal.ts";
import { readAuthorityFile, readPolicyFile } from "./read-policy-files.ts";

/** Options. */
export interface LintOptions {
  readonly policy?: string;
  readonly authority?: string;
  readonly issuer?: string;
  readonly output: string;
}

/** Prints the risks. @throws {CommandError} `BadParameter` if an option or a file is of no use. */
export async function lintPolicy(
  { stdout }: CommandContext,
  options: LintOptions,
): Promise<readonly PolicyRisk[]> {
  const output = parseOutput(options.output);
  const risks = policyRisks(await readPolicyFile(options.policy), await readTrusted(options));
  stdout.write(
    output === "json"
      ? `${JSON.stringify({ risks })}\n`
      : risks.map(({ code, message }) => `${code}: ${escapeUnprintable(message)}\n`).join(""),
  );
  return risks;
}

async function readTrusted(options: LintOptions): Promise<TrustedAuthorities | undefined> {
  const { authority, issuer } = options;
  if ((authority === undefined) !== (issuer === undefined)) {
    throw new CommandError("BadParameter", "give both of --authority and --issuer, or neither");
  }
  if (authority === undefined || issuer === undefined) {
    return undefined;
  }
  const { externalIssuers, references } = await readAuthorityFile(authority);
  return { own: issuer, external: externalIssuers, references: toReferenceValues(references) };
}
