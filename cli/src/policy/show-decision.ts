// SPDX-License-Identifier: Apache-2.0
/** A decision as a person reads it: what was asked, line by line, and what was found where it was not met. */

import {
  type AuthorityReport,
  type ConditionReport,
  type JsonValue,
  presentable,
} from "@strongroom/core";
import { toPrintable } from "../to-printable.ts";

/** Characters of a value on a line. */
const maxShown = 128;

/** Authorities with their conditions, one a line. */
export function showAuthorities(
  authorities: readonly AuthorityReport[],
  indent: string,
): readonly string[] {
  return authorities.flatMap(({ authority, reason }) =>
    reason === undefined
      ? [`${indent}${toPrintable(authority)} did not issue the token`]
      : [`${indent}${toPrintable(authority)}`, ...linesOf(reason, `${indent}  `)],
  );
}

/** A decision as text, one condition a line. */
export function showDecision(
  kind: "allowed" | "denied",
  authorities: readonly AuthorityReport[],
  warnings: readonly string[],
): string {
  const lines = [kind, ...showAuthorities(authorities, "  ")];
  lines.push(...warnings.map((warning) => `warning: ${warning}`));
  return `${lines.join("\n")}\n`;
}

function linesOf(node: ConditionReport, indent: string): readonly string[] {
  const mark = node.met ? "met    " : "not met";
  if (node.kind !== "claim") {
    const inner = node.reasons.flatMap((reason) => linesOf(reason, `${indent}  `));
    return [`${indent}${mark} ${node.kind}`, ...inner];
  }
  const { claim, operator, value } = node;
  const found = node.met ? "" : `, found ${shown(node.found)}`;
  const unknown = node.unknownReference ? "; the authority has no values of that name for it" : "";
  return [
    `${indent}${mark} ${toPrintable(claim)} ${operator} ${shown(value as JsonValue)}${found}${unknown}`,
  ];
}

// Quoted and escaped, so that a claim cannot write lines of its own onto a terminal. What is absent is no text of that name.
function shown(value: JsonValue | undefined): string {
  return value === undefined ? "nothing" : toPrintable(presentable(value), maxShown);
}
