// SPDX-License-Identifier: Apache-2.0
/** A zod schema as the structural OpenAPI v3 schema that a CustomResourceDefinition takes. */

import { z } from "zod";

/** A structural schema: one type for each node, no references, no `oneOf`. */
export interface StructuralSchema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: StructuralSchema;
  readonly items?: StructuralSchema;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly [keyword: string]: unknown;
}

/** Converts `schema`; members with a default stay optional. Throws on what has no structural form. */
export function toStructuralSchema(schema: z.ZodType): StructuralSchema {
  const { $schema: _, ...structural } = z.toJSONSchema(schema, {
    target: "openapi-3.0",
    io: "input",
    unrepresentable: "throw",
    reused: "inline",
    cycles: "throw",
    override: ({ jsonSchema }) => adapt(jsonSchema as Record<string, unknown>),
  });
  return structural as StructuralSchema;
}

function adapt(node: Record<string, unknown>): void {
  adaptOpenness(node);
  if (node["format"] === "date-time") {
    // The API server checks the format itself; zod's pattern would be a page of noise.
    delete node["pattern"];
  }
  if (node["maximum"] === Number.MAX_SAFE_INTEGER) {
    delete node["maximum"];
    node["format"] = "int64";
  }
}

// `properties` and `additionalProperties` exclude each other here: pruning and strict field validation refuse unknown
// members, and an open object says so by an extension.
function adaptOpenness(node: Record<string, unknown>): void {
  const rest = node["additionalProperties"];
  if (rest === undefined || node["properties"] === undefined) {
    return;
  }
  delete node["additionalProperties"];
  if (rest !== false) {
    node["x-kubernetes-preserve-unknown-fields"] = true;
    delete node["properties"];
  }
}
