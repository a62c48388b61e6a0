// SPDX-License-Identifier: Apache-2.0
/** `strongroom policy explain`: asks a vault what a pod on a node would get, and shows which claim refuses it. */

import type { ExplainedItem, ExplainResponse } from "@strongroom/api";
import { createVaultClient } from "@strongroom/client";
import type { CommandContext } from "../command-context.ts";
import { type ConnectionOptions, readConnection } from "../connection.ts";
import { escapeUnprintable } from "../escape-unprintable.ts";
import { parseOutput } from "../output-form.ts";
import { type ExplainedPod, explainRequestOf } from "./explain-pod.ts";
import { showAuthorities } from "./show-decision.ts";

/** Options. */
export interface ExplainOptions extends ConnectionOptions, ExplainedPod {
  readonly output: string;
}

/** Asks and prints. @throws {CommandError} `BadParameter` if an option or an argument is of no use. */
export async function explainPolicies(
  { stdout }: CommandContext,
  objects: readonly string[],
  options: ExplainOptions,
): Promise<ExplainResponse> {
  const output = parseOutput(options.output);
  const request = await explainRequestOf(objects, options);
  using client = createVaultClient(await readConnection(options));
  const answer = await client.explain(request);
  stdout.write(output === "json" ? `${JSON.stringify(answer)}\n` : showAnswer(answer));
  return answer;
}

/** A line for the node, a table of objects, and under what is denied, what each policy that refuses asked and found. */
function showAnswer({ node, items, truncated }: ExplainResponse): string {
  const rows = items.map((item) => [nameOf(item), item.class ?? item.result, policiesOf(item)]);
  const widths = [0, 1].map((at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const lines = items.flatMap((item, at) => [
    (rows[at] ?? [])
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
    ...item.reasons.map((reason) => `  ${escapeUnprintable(reason)}`),
    ...refusingPolicies(item),
  ]);
  const since = node.lastVerdict === "Attested" ? "" : `, since then ${node.lastVerdict}`;
  const about = `node ${node.name} (${node.uid}) attested with ${node.kind} at ${toTime(node.attested)}, token until ${toTime(node.expires)}${since}`;
  const rest = truncated ? ["there is more: ask for fewer objects"] : [];
  return `${[about, ...lines, ...rest].join("\n")}\n`;
}

function nameOf({ kind, name, version, unwrap }: ExplainedItem): string {
  const path = [kind, name, ...(version === undefined ? [] : [version])].join("/");
  return unwrap === undefined ? path : `${path}:${unwrap}`;
}

function policiesOf({ policies }: ExplainedItem): string {
  return policies
    .map(({ name, allowed }) => `${name}: ${allowed ? "allows" : "denies"}`)
    .join(", ");
}

function refusingPolicies({ policies }: ExplainedItem): readonly string[] {
  return policies
    .filter(({ allowed }) => !allowed)
    .flatMap(({ name, authorities = [] }) => [
      ...(authorities.length === 0 ? [] : [`    ${name}`]),
      ...showAuthorities(authorities, "      "),
    ]);
}

function toTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000", "");
}
