// SPDX-License-Identifier: Apache-2.0
/** Writes all faults of a source into it, each behind a switch, so that it is loaded once for all of them. */

import ts from "typescript";
import type { Mutant, MutatedSource } from "./find-mutants.ts";

/** Name of the switch in the instrumented source; `__turn` counts the turns of loops. */
const prelude = "const { isOn: __on, turn: __turn } = globalThis.__mutation;";

/** The source with its switches. */
export function instrument({ file, text, mutants }: MutatedSource): string {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const byRange = Map.groupBy(mutants, ({ start, end }) => `${start}:${end}`);
  const render = (node: ts.Node): string => {
    const own = byRange.get(`${node.getStart(source)}:${node.getEnd()}`) ?? [];
    byRange.delete(`${node.getStart(source)}:${node.getEnd()}`);
    const whole = own.reduceRight((rest, mutant) => wrap(mutant, rest), renderChildren(node));
    return isLoopBody(node) ? `{ __turn(); ${whole} }` : whole;
  };
  const renderChildren = (node: ts.Node): string => {
    let out = "";
    let at = node.getStart(source);
    ts.forEachChild(node, (child) => {
      const start = child.getStart(source);
      if (start >= at && !isErased(child)) {
        out += text.slice(at, start) + render(child);
        at = child.getEnd();
      }
    });
    return out + text.slice(at, node.getEnd());
  };
  return `${prelude}\n${renderChildren(source)}`;
}

function wrap({ id, replacement, isBlock }: Mutant, rest: string): string {
  return isBlock ? `{ if (!__on(${id})) ${rest} }` : `(__on(${id}) ? (${replacement}) : (${rest}))`;
}

function isErased(node: ts.Node): boolean {
  return ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
}

/** A fault can make a loop endless, also one that leaves out its body: each turn is counted, and too many throw. */
function isLoopBody(node: ts.Node): boolean {
  return ts.isIterationStatement(node.parent, false) && node.parent.statement === node;
}
