// SPDX-License-Identifier: Apache-2.0
/** Custom resource definitions, from the schemas of `packages/api`: for people, and the chart's copy. */

import { type GeneratedTree, nothingGenerated } from "./generated-tree.ts";
import { importIfThere } from "./optional-module.ts";

const folders = ["crds", "charts/strongroom/crds"];

/** One YAML file for each kind, in both folders. */
export async function generateCrds(): Promise<GeneratedTree> {
  const module = await importIfThere("packages/api/src/generate-crds.ts");
  if (module === undefined) {
    return nothingGenerated;
  }
  const renderCrds = module["renderCrds"] as () => ReadonlyMap<string, string>;
  const rendered = [...renderCrds()];
  const files = folders.flatMap((folder) =>
    rendered.map(([name, yaml]) => [`${folder}/${name}`, yaml] as const),
  );
  return {
    files: new Map(files),
    owned: folders.map((folder) => ({ folder, ending: ".yaml" })),
  };
}
