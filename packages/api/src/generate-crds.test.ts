// SPDX-License-Identifier: Apache-2.0
/** The generated CustomResourceDefinitions, as text. */

import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { unboundedNodes, untypedNodes } from "./__fixtures__/schema-nodes.ts";
import { renderCrds } from "./generate-crds.ts";
import { renderReference } from "./generate-reference.ts";

const forbiddenKeywords = /^\s*(\$ref|\$schema|oneOf|anyOf|allOf|additionalProperties: false)\b/m;

describe("renderCrds", () => {
  it("is structural: no references, no alternatives, one type for each node", () => {
    for (const text of renderCrds().values()) {
      expect(text.match(forbiddenKeywords)).toBeNull();
      const crd = parse(text);
      expect(untypedNodes(crd.spec.versions[0].schema.openAPIV3Schema, "")).toEqual([]);
    }
  });

  it("means the same in YAML 1.1, which Kubernetes reads, as in YAML 1.2", () => {
    for (const text of renderCrds().values()) {
      expect(parse(text, { version: "1.1" })).toEqual(parse(text, { version: "1.2" }));
    }
  });

  it("bounds every list and every map that a user can write", () => {
    for (const text of renderCrds().values()) {
      const { spec } = parse(text).spec.versions[0].schema.openAPIV3Schema.properties;
      expect(unboundedNodes(spec, "spec")).toEqual([]);
    }
  });

  it("makes the same text each time", () => {
    expect([...renderCrds()]).toEqual([...renderCrds()]);
    expect(renderReference()).toBe(renderReference());
  });

  it("documents every field", () => {
    const reference = renderReference();
    expect(reference).toContain("`spec.roleAssignments[].principals[].serviceAccount.name`");
    expect(reference).toContain("protection cannot be changed");
  });
});
