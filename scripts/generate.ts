// SPDX-License-Identifier: Apache-2.0
/**
 * Writes everything in the tree that is generated, or with `--check` reports what differs and exits 1.
 *
 * Each generator is a function that returns files by their path from the tree's root; only this file writes.
 */

import { parseArgs } from "node:util";
import { generateCrds } from "./generate/crds.ts";
import { findDrift, type GeneratedTree, writeTree } from "./generate/generated-tree.ts";
import { generateGrpcTypes } from "./generate/grpc-types.ts";
import { generateProtoDescriptors } from "./generate/proto-descriptors.ts";
import {
  generateErrorReference,
  generateResourceReference,
  generateRoleReference,
} from "./generate/reference.ts";

const generators: readonly (() => Promise<GeneratedTree>)[] = [
  generateProtoDescriptors,
  generateGrpcTypes,
  generateCrds,
  generateErrorReference,
  generateResourceReference,
  generateRoleReference,
];

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
const trees: GeneratedTree[] = [];
for (const generate of generators) {
  trees.push(await generate());
}
const drift = await findDrift(trees);
if (values.check) {
  for (const { path, state } of drift) {
    console.error(`${path}: ${state}`);
  }
  console.error(drift.length === 0 ? "generated files are in sync" : "run: make generate");
  process.exitCode = drift.length === 0 ? 0 : 1;
} else {
  await writeTree(trees, drift);
  console.error(`generated: ${drift.length} files changed`);
}
