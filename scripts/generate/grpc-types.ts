// SPDX-License-Identifier: Apache-2.0
/** TypeScript types of the gRPC schemas, by proto-loader's generator. */

import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { type GeneratedTree, nothingGenerated, treeRoot } from "./generated-tree.ts";
import { listProtos } from "./protos.ts";

const options = [
  "--grpcLib=@grpc/grpc-js",
  "--longs=String",
  "--enums=String",
  "--oneofs",
  "--defaults",
  "--importFileExtension=.ts",
];

/** Types of every gRPC schema, in the folder of the package that serves or calls it. */
export async function generateGrpcTypes(): Promise<GeneratedTree> {
  const protos = (await listProtos()).filter((proto) => proto.grpc);
  const folder = protos[0]?.folder;
  if (folder === undefined) {
    return nothingGenerated;
  }
  const made = await runGenerator(protos.map((proto) => `proto/${proto.name}.proto`));
  const files = new Map([...made].map(([path, content]) => [`${folder}/${path}`, content]));
  return { files, owned: [] };
}

async function runGenerator(protos: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const out = await mkdtemp(join(tmpdir(), "grpc-types-"));
  const generator = join(
    treeRoot,
    "node_modules/@grpc/proto-loader/build/bin/proto-loader-gen-types.js",
  );
  try {
    const args = [generator, ...options, `--outDir=${out}`, ...protos];
    await promisify(execFile)(process.execPath, args, { cwd: treeRoot });
    return await readTree(out);
  } finally {
    await rm(out, { recursive: true });
  }
}

async function readTree(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(
    paths.map(async (path) => [relative(folder, path), await readFile(path, "utf8")] as const),
  );
  return new Map(contents);
}
