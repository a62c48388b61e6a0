// SPDX-License-Identifier: Apache-2.0
/** A decision as a person reads it: what was asked, line by line, and what was found where it was not met. */

import type { ConditionReason, PolicyDecision } from "@strongroom/core";

/** Characters of a value on a line. */
const maxShown = 128;

/** What there is to say of a claim: its value where it has one, else what it is. Claims may be nested without end. */
function presentable(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.every((member) => typeof member !== "object") && value.length <= maxShown
      ? value
      : `a list of ${value.length}`;
  }
  if (typeof value === "string") {
    return value.slice(0, maxShown);
  }
  return typeof value === "object" && value !== null ? "an object" : (value ?? "nothing");
}

/** The decision as JSON, its claims bounded. */
export function reportDecision({ authorities }: PolicyDecision): readonly object[] {
  return authorities.map(({ authority, met, reason }) => ({
    ...{ authority, met, issued: reason !== undefined },
    ...(reason === undefined ? {} : { reason: reportOf(reason) }),
  }));
}

function reportOf(node: ConditionReason): object {
  if (node.kind !== "claim") {
    return { kind: node.kind, met: node.met, reasons: node.reasons.map(reportOf) };
  }
  const { claim, operator, value } = node.condition;
  const found = node.found === undefined ? {} : { found: presentable(node.found) };
  const unknown = node.unknownReference === undefined ? {} : { unknownReference: true };
  return { kind: "claim", met: node.met, claim, operator, value, ...found, ...unknown };
}

/** The decision as text, one condition a line. */
export function showDecision(
  { kind, authorities }: PolicyDecision,
  warnings: readonly string[],
): string {
  const lines: string[] = [kind];
  for (const { authority, reason } of authorities) {
    if (reason === undefined) {
      lines.push(`  ${JSON.stringify(authority)} did not issue the token`);
    } else {
      lines.push(`  ${JSON.stringify(authority)}`, ...linesOf(reason, "    "));
    }
  }
  lines.push(...warnings.map((warning) => `warning: ${warning}`));
  return `${lines.join("\n")}\n`;
}

function linesOf(node: ConditionReason, indent: string): readonly string[] {
  const mark = node.met ? "met    " : "not met";
  if (node.kind !== "claim") {
    const inner = node.reasons.flatMap((reason) => linesOf(reason, `${indent}  `));
    return [`${indent}${mark} ${node.kind}`, ...inner];
  }
  const { claim, operator, value } = node.condition;
  const found = node.met ? "" : `, found ${shown(node.found)}`;
  const unknown = node.unknownReference ? "; the authority has no values of that name for it" : "";
  return [
    `${indent}${mark} ${JSON.stringify(claim)} ${operator} ${shown(value)}${found}${unknown}`,
  ];
}

// Quoted and escaped, so that a claim cannot write lines of its own onto a terminal.
function shown(value: unknown): string {
  return JSON.stringify(presentable(value))
    .slice(0, maxShown)
    .replace(
      /[^ -~]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}
