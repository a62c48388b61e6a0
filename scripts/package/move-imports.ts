// SPDX-License-Identifier: Apache-2.0
/** Turns imports of our own packages into imports of files beside, as they lie in a package that holds them all. */

import { posix } from "node:path";
import { bareName, type CoreModules } from "./core-modules.ts";

/** A module as the compiler wrote it: its path in the package, without an ending, and its text. */
export interface EmittedModule {
  readonly path: string;
  readonly text: string;
}

const ofCore = /^(import|export) (type )?\{([^}]*)\} from "@strongroom\/core";\n/gmu;
const ofOthers = /(from|import\() ?"@strongroom\/([a-z]+)"/gu;
const relativeTs = /(from |import\()"(\.[^"]+)\.ts"/gu;
const anySpecifier = /(?:from |import |import\()"([^"]+)"/gu;

/** The module's text with its imports moved. @throws {Error} if core does not export a name. */
export function moveImports({ path, text }: EmittedModule, core: CoreModules): string {
  const to = (target: string) => {
    const relative = posix.relative(posix.dirname(path), target);
    return `${relative.startsWith(".") ? relative : `./${relative}`}.js`;
  };
  return text
    .replaceAll(ofCore, (_, verb: string, type: string | undefined, names: string) =>
      [...byModule(names, core)]
        .map(([module, some]) => {
          const list = `{ ${some.join(", ")} }`;
          return `${verb} ${type ?? ""}${list} from "${to(`core/${module}`)}";\n`;
        })
        .join(""),
    )
    .replaceAll(ofOthers, (_, verb: string, name: string) => `${verb} "${to(`${name}/index`)}"`)
    .replaceAll(relativeTs, '$1"$2.js"');
}

/** What a module imports: paths in the package without an ending, and names of other packages. */
export function importsOf({ path, text }: EmittedModule): {
  readonly inside: readonly string[];
  readonly outside: readonly string[];
} {
  const all = [...text.matchAll(anySpecifier)].map(([, specifier = ""]) => specifier);
  const inside = all.filter((specifier) => specifier.startsWith("."));
  return {
    inside: inside.map((one) => posix.join(posix.dirname(path), one).replace(/\.js$/u, "")),
    outside: all.filter((one) => !(one.startsWith(".") || one.startsWith("node:"))),
  };
}

function byModule(names: string, core: CoreModules): ReadonlyMap<string, readonly string[]> {
  const wanted = names.split(",").filter((name) => name.trim() !== "");
  return Map.groupBy(
    wanted.map((name) => name.trim()),
    (name) => {
      const module = core.get(bareName(name));
      if (module === undefined) {
        throw new Error(`core exports no ${name}`);
      }
      return module;
    },
  );
}
