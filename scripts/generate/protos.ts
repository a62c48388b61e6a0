// SPDX-License-Identifier: Apache-2.0
/** Which package uses which schema of `proto/`, and how. */

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { treeRoot } from "./generated-tree.ts";

/** One schema. */
export interface Proto {
  /** File name without `.proto`. */
  readonly name: string;
  /** Folder of generated files, from the tree's root. */
  readonly folder: string;
  /** Whether it declares gRPC services; then its types are generated too, and take the plain file name. */
  readonly grpc: boolean;
}

/** Every schema that is in `proto/` now. */
export async function listProtos(): Promise<readonly Proto[]> {
  const files = (await readdir(join(treeRoot, "proto"))).sort();
  return files
    .filter((file) => file.endsWith(".proto"))
    .map((file) => file.slice(0, -".proto".length))
    .map((name) =>
      name === "hsm"
        ? { name, folder: "packages/hsm/src/generated", grpc: false }
        : { name, folder: "csi-driver/src/generated", grpc: true },
    );
}
