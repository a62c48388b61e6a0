// SPDX-License-Identifier: Apache-2.0
/** `strongroom policy`: release policies, tried without any vault, and what they decide in one. */

import {
  type Claims,
  claimsMet,
  evaluatePolicy,
  isStrongroomError,
  type PolicyDecision,
  reportDecision,
  unmetConditions,
  unusualClaims,
} from "@strongroom/core";
import type { AddCommand, CommandContext } from "../command-context.ts";
import { withConnection } from "../connection.ts";
import { CommandEnded, sayError } from "../terminal.ts";
import { type ExplainOptions, explainPolicies } from "./explain-policies.ts";
import { type LintOptions, lintPolicy } from "./lint-policy.ts";
import { readTrial, type TrialOptions } from "./read-trial.ts";
import { showDecision } from "./show-decision.ts";

/** Exit codes of `test` and `lint`: scripts ask for these three and nothing else. */
const exit = { denied: 1, risky: 1, unusable: 2 } as const;

/** Adds the group. */
export const addPolicyCommand: AddCommand = (program, context) => {
  const group = program.command("policy").description("release policies");
  group
    .command("test")
    .description("say whether a policy allows a release for the claims of an attestation token")
    .option("--policy <file>", "the policy in Key Vault's grammar, or a KeyReleasePolicy")
    .option("--claims <file>", "the payload of an attestation token, JSON, with iss")
    .option("--authority <file>", "the AttestationAuthority whose reference values count")
    .option("--at <instant>", "instant that ages are of, RFC 3339; default now")
    .option("-o, --output <form>", "text or json", "text")
    .action((options: TrialOptions) => orUnusable(context, () => test(context, options)));
  group
    .command("lint")
    .description("say what is risky about a policy, or can never be met")
    .option("--policy <file>", "the policy in Key Vault's grammar, or a KeyReleasePolicy")
    .option("--authority <file>", "the AttestationAuthority that the policy is for")
    .option("--issuer <url>", "the issuer of that authority's own tokens")
    .option("-o, --output <form>", "text or json", "text")
    .action((options: LintOptions) => orUnusable(context, () => lint(context, options)));
  withConnection(
    group
      .command("explain <objects...>")
      .description("say what a pod on a node would get of KIND/NAME, and which claim refuses it"),
  )
    .option("--node <node>", "the node, by name or uid")
    .option("--service-account <account>", "NAMESPACE/NAME; without, no roles are looked at")
    .option("--pod <file>", "a pod, JSON, that says both: <(kubectl get pod NAME -o json)")
    .option("-o, --output <form>", "text or json", "text")
    .action((objects: string[], options: ExplainOptions) =>
      orUnusable(context, () => explain(context, objects, options)),
    );
};

async function explain(
  context: CommandContext,
  objects: readonly string[],
  options: ExplainOptions,
): Promise<void> {
  const { items } = await explainPolicies(context, objects, options);
  if (items.some(({ result }) => result === "denied")) {
    throw new CommandEnded(exit.denied);
  }
}

async function lint(context: CommandContext, options: LintOptions): Promise<void> {
  if ((await lintPolicy(context, options)).length > 0) {
    throw new CommandEnded(exit.risky);
  }
}

async function test({ stdout }: CommandContext, options: TrialOptions): Promise<void> {
  const { policy, vouched, at, references, output } = await readTrial(options);
  const decision = evaluatePolicy(policy, vouched, at, references);
  const warnings = warningsOf(decision, vouched.claims);
  const isAllowed = decision.kind === "allowed";
  stdout.write(
    output === "json"
      ? `${JSON.stringify({
          allowed: isAllowed,
          reasons: unmetConditions(decision),
          warnings,
          authorities: reportDecision(decision),
        })}\n`
      : showDecision(decision.kind, reportDecision(decision), warnings),
  );
  if (!isAllowed) {
    throw new CommandEnded(exit.denied);
  }
}

// The vault asks for more than the policy says: that nothing unusual is admitted by silence.
function warningsOf(decision: PolicyDecision, claims: Claims): readonly string[] {
  const admitted = claimsMet(decision);
  return unusualClaims(claims)
    .filter((claim) => decision.kind === "allowed" && !admitted.has(claim))
    .map((claim) => `a vault denies this: no condition on ${claim} admits its value`);
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
