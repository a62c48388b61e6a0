// SPDX-License-Identifier: Apache-2.0
/** Bundles each program into one file, dist/NAME.js: `node scripts/bundle.ts`. Images hold these and no node_modules. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const programs: Readonly<Record<string, string>> = {
  vault: "vault/src/main.ts",
  // The thread that the vault keeps its database in: a file of its own beside the program's.
  "sqlite-worker": "vault/src/store/sqlite-worker.ts",
  "hsm-host": "packages/hsm/src/host/main.ts",
  // The thread that makes RSA keys.
  "hsm-slow-lane": "packages/hsm/src/host/slow-lane-worker.ts",
  operator: "operator/src/main.ts",
  "csi-driver": "csi-driver/src/main.ts",
};

// Dependencies that are CommonJS call require, which an ES module does not have by itself.
const requireForCommonJs =
  "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);";

async function bundle(name: string, entry: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: `dist/${name}.js`,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node26",
    conditions: ["@strongroom/source"],
    external: ["*.node"],
    // For people beside the bundle, not for the programs: a map costs each of them up to thirty megabytes.
    sourcemap: "external",
    banner: { js: requireForCommonJs },
    loader: { ".proto": "text" },
    logLevel: "warning",
  });
}

const present = Object.entries(programs).filter(([name, entry]) => {
  const exists = existsSync(`${root}/${entry}`);
  if (!exists) console.warn(`no ${entry} yet: ${name} is left out`);
  return exists;
});
await Promise.all(present.map(([name, entry]) => bundle(name, entry)));
