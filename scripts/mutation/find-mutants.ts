// SPDX-License-Identifier: Apache-2.0
/** Finds what can be broken in a source: one small fault at a time, in code that runs when a function is called. */

import ts from "typescript";
import { mutationsOf } from "./mutations.ts";

/** One fault: the text from `start` to `end` replaced. */
export interface Mutant {
  /** Unique over all files of a run. */
  readonly id: number;
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  readonly kind: string;
  readonly line: number;
  /** A statement is left out whole; everything else is an expression. */
  readonly isBlock: boolean;
  /** A part of the names of the tests that have to find it; without it any test may. */
  readonly test?: string;
}

/** A source with its faults. */
export interface MutatedSource {
  readonly file: string;
  readonly text: string;
  readonly mutants: readonly Mutant[];
}

/**
 * Faults of one source, numbered from `firstId`.
 *
 * What runs once, when the module is loaded, is left alone: a fault there would be there for good.
 */
export function findMutants(file: string, text: string, firstId: number): MutatedSource {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const mutants: Mutant[] = [];
  const visit = (node: ts.Node, isInFunction: boolean): void => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) {
      return;
    }
    if (isInFunction && !isInsideChain(node)) {
      for (const { kind, replacement, isBlock } of mutationsOf(node)) {
        const start = node.getStart(source);
        mutants.push({
          ...{ id: firstId + mutants.length, file, start, end: node.getEnd(), replacement, kind },
          ...{ line: source.getLineAndCharacterOfPosition(start).line + 1, isBlock },
        });
      }
    }
    const isInside = isInFunction || ts.isFunctionLike(node);
    ts.forEachChild(node, (child) => visit(child, isInside));
  };
  visit(source, false);
  return { file, text, mutants };
}

/** Whether what follows the node belongs to one optional chain with it: in parentheses the chain would end there. */
function isInsideChain(node: ts.Node): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) ||
      ts.isElementAccessExpression(parent) ||
      ts.isCallExpression(parent)) &&
    ts.isOptionalChain(parent) &&
    parent.expression === node
  );
}
