// SPDX-License-Identifier: Apache-2.0
/** Which functions of the attestation library and of its endorsements read what comes from outside: found in the sources, by CONTRIBUTING's names. */

import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";

/** A parser, with the functions of its file that it calls, and those that these call. */
export interface Parser {
  readonly name: string;
  /** Absolute. */
  readonly file: string;
  readonly helpers: readonly string[];
}

const root = resolve(import.meta.dirname, "../..");

const verbs = /^(?:parse|read|open|scan|split|decode|collect)[A-Z]/u;

/** Types of what comes from outside, or of a part of it that a caller has cut out. */
const outside =
  /^(?:readonly )?(?:Uint8Array|string|unknown|JsonObject|ByteReader|DerValue|ScannedObject|Certificate)\b/u;

/** Every exported function that is named like a parser and takes what comes from outside; those with effects are none. */
export function findParsers(): readonly Parser[] {
  return globSync("packages/{attestation,endorsements}/src/**/*.ts", { cwd: root })
    .filter((path) => !path.endsWith(".test.ts") && !path.includes("__fixtures__"))
    .toSorted()
    .flatMap((path) => parsersOf(join(root, path)));
}

function parsersOf(file: string): readonly Parser[] {
  const text = readFileSync(file, "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const functions = source.statements.filter(ts.isFunctionDeclaration);
  const local = new Map(functions.map((one) => [one.name?.text ?? "", one]));
  return functions.filter(isParser).map((parser) => {
    const name = parser.name?.text ?? "";
    const called = calledBy(parser, local, new Set([name]));
    return { name, file, helpers: [...called].filter((one) => one !== name) };
  });
}

/** Adds to `found` what a function names of the functions of its file, and what these name. */
function calledBy(
  node: ts.Node,
  local: ReadonlyMap<string, ts.FunctionDeclaration>,
  found: Set<string>,
): ReadonlySet<string> {
  const next = ts.isIdentifier(node) && !found.has(node.text) ? local.get(node.text) : undefined;
  if (next?.name !== undefined) {
    found.add(next.name.text);
    calledBy(next, local, found);
  }
  ts.forEachChild(node, (child) => {
    calledBy(child, local, found);
  });
  return found;
}

function isParser({ name, modifiers, parameters }: ts.FunctionDeclaration): boolean {
  const kinds = modifiers?.map(({ kind }) => kind) ?? [];
  return (
    kinds.includes(ts.SyntaxKind.ExportKeyword) &&
    !kinds.includes(ts.SyntaxKind.AsyncKeyword) &&
    verbs.test(name?.text ?? "") &&
    parameters.some(({ type }) => outside.test(type?.getText() ?? ""))
  );
}
