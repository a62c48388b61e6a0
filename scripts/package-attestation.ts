// SPDX-License-Identifier: Apache-2.0
/**
 * Makes the package that other projects install: `node scripts/package-attestation.ts [FOLDER]`, `dist` by default. It holds
 * the attestation library, the endorsements' library beside it, and of core what the two use; JavaScript and declarations.
 */

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type CoreModules, readCoreModules } from "./package/core-modules.ts";
import { importsOf, moveImports } from "./package/move-imports.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where an import of the package begins, and which of our packages it is. */
const entries = { ".": "attestation/index", "./endorsements": "endorsements/index" } as const;

const endings = [".js", ".d.ts"] as const;

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The compiler's output, in a folder as the packages' sources are. */
function compile(folder: string): void {
  const config = join(folder, "tsconfig.json");
  // Core first: what is found by way of node_modules alone is somebody else's to the compiler, which writes nothing of it.
  const sources = ["core", "attestation", "endorsements"].map((name) =>
    join(root, `packages/${name}/src/index.ts`),
  );
  const compilerOptions = {
    ...{ noEmit: false, declaration: true, outDir: folder, rootDir: join(root, "packages") },
    ...{ target: "es2023", typeRoots: [join(root, "node_modules/@types")] },
  };
  const extended = { extends: join(root, "tsconfig.json"), compilerOptions, include: [] };
  writeFileSync(config, JSON.stringify({ ...extended, files: sources }));
  const compiler = join(root, "node_modules/typescript-7/bin/tsc");
  execFileSync(process.execPath, [compiler, "-p", config], { stdio: "inherit" });
}

/** Writes every module that the entries reach; returns which other packages those import. */
function writeModules(compiled: string, folder: string, core: CoreModules): ReadonlySet<string> {
  const waiting: string[] = Object.values(entries);
  const seen = new Set(waiting);
  const outside = new Set<string>();
  for (const path of waiting) {
    for (const ending of endings) {
      const from = join(compiled, path.replace("/", "/src/") + ending);
      const text = moveImports({ path, text: readFileSync(from, "utf8") }, core);
      const imports = importsOf({ path, text });
      for (const one of imports.inside.filter((module) => !seen.has(module))) {
        seen.add(one);
        waiting.push(one);
      }
      imports.outside.forEach((name) => void outside.add(name));
      const to = join(folder, "lib", path + ending);
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(to, text);
    }
  }
  return outside;
}

function readManifest(name: string): Manifest {
  return JSON.parse(readFileSync(join(root, `packages/${name}/package.json`), "utf8"));
}

function manifestOf(outside: ReadonlySet<string>) {
  const { version, license, dependencies } = readManifest("attestation");
  const declared = { ...readManifest("endorsements").dependencies, ...dependencies };
  const used = [...outside].sort().map((name) => {
    const range = declared[name];
    if (range === undefined) {
      throw new Error(`${name} is imported, and no dependency`);
    }
    return [name, range] as const;
  });
  return {
    ...{ name: "@strongroom/attestation", version, license, type: "module", sideEffects: false },
    description:
      "Verifies evidence of SEV-SNP, TDX, SGX, TPM 2.0, Azure, Nitro, CCA, NVIDIA and JWT",
    engines: { node: ">=22.12" },
    exports: Object.fromEntries(
      Object.entries(entries).map(([name, path]) => [
        name,
        { types: `./lib/${path}.d.ts`, default: `./lib/${path}.js` },
      ]),
    ),
    dependencies: Object.fromEntries(used),
  };
}

/** Without links to what is not in the package. */
function readme(): string {
  const text = readFileSync(join(root, "packages/attestation/README.md"), "utf8");
  return text.replaceAll(/\[([^\]]+)\]\(\.\.\/[^)]*\)/gu, "$1");
}

const target = resolve(process.argv[2] ?? join(root, "dist"));
const folder = join(target, "attestation");
const compiled = mkdtempSync(join(tmpdir(), "strongroom-package-"));
try {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  compile(compiled);
  const core = readCoreModules(join(compiled, "core/src/index.d.ts"));
  const manifest = manifestOf(writeModules(compiled, folder, core));
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(folder, "README.md"), readme());
  copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  const pack = ["pack", "--silent", "--pack-destination", target];
  console.log(join(target, execFileSync("npm", pack, { cwd: folder, encoding: "utf8" }).trim()));
} finally {
  rmSync(compiled, { recursive: true, force: true });
}
