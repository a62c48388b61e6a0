// SPDX-License-Identifier: Apache-2.0
/** Finds the module of core that declares a name, so that a package takes what it uses of core and not the rest. */

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Names and the modules that declare them, as paths without an ending, relative to core's `src`. */
export type CoreModules = ReadonlyMap<string, string>;

const reexport = /^export (?:\*|(?:type )?\{([^}]*)\}) from "\.\/([^"]+)\.ts";/gmu;
const declaration =
  /^export (?:declare )?(?:abstract )?(?:class|const|function|interface|type) ([\w$]+)/gmu;

/** Reads the declarations that the compiler wrote; `index` is that of core's `index.d.ts`. */
export function readCoreModules(index: string): CoreModules {
  const modules = new Map<string, string>();
  for (const [, named, module = ""] of readFileSync(index, "utf8").matchAll(reexport)) {
    for (const name of named?.split(",") ?? declaredIn(join(dirname(index), `${module}.d.ts`))) {
      modules.set(bareName(name), module);
    }
  }
  return modules;
}

function declaredIn(path: string): readonly string[] {
  return [...readFileSync(path, "utf8").matchAll(declaration)].map(([, name = ""]) => name);
}

/** The name of `type Name as Other`. */
export function bareName(specifier: string): string {
  return (
    specifier
      .trim()
      .replace(/^type /u, "")
      .split(" as ")[0] ?? ""
  );
}
