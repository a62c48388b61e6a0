// SPDX-License-Identifier: Apache-2.0
/** The reference of all custom resources as Markdown. */

import { apiVersion } from "./names.ts";
import { resourceKinds } from "./resources/resource.ts";
import type { ResourceKind } from "./resources/resource-kind.ts";
import { type StructuralSchema, toStructuralSchema } from "./structural-schema.ts";

/** The page with every member of every kind. */
export function renderReference(): string {
  const intro = [
    "# Custom resources",
    "",
    `Generated from \`packages/api\`. All kinds are in \`${apiVersion}\`, category \`strongroom\`, and namespaced where nothing else is said.`,
  ];
  return `${[...intro, ...resourceKinds.flatMap(renderKind)].join("\n")}\n`;
}

function renderKind(kind: ResourceKind): readonly string[] {
  return [
    "",
    `## ${kind.kind}`,
    "",
    `${kind.description} Short name \`${kind.shortName}\`.${kind.scope === undefined ? "" : " Cluster-scoped."}`,
    ...renderRules(kind.rules),
    ...renderTable("spec", toStructuralSchema(kind.spec)),
    ...renderTable("status", toStructuralSchema(kind.status)),
  ];
}

function renderRules(rules: ResourceKind["rules"]): readonly string[] {
  return rules.length === 0 ? [] : ["", ...rules.map(({ message }) => `- ${message}`)];
}

function renderTable(root: string, schema: StructuralSchema): readonly string[] {
  const rows = renderMembers(root, schema);
  return ["", "| field | type | default | meaning |", "|---|---|---|---|", ...rows];
}

function renderMembers(path: string, schema: StructuralSchema): readonly string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const place = `${path}.${name}`;
    const required = schema.required?.includes(name) === true ? ", required" : "";
    const { suffix, inner } = unwrapItems(member);
    const cells = [
      `\`${place}${suffix}\``,
      `${describeType(inner)}${required}`,
      describeDefault(member.default),
      describeMeaning(member),
    ];
    return [`| ${cells.map(escapeCell).join(" | ")} |`, ...renderMembers(place + suffix, inner)];
  });
}

function unwrapItems(schema: StructuralSchema): { suffix: string; inner: StructuralSchema } {
  return schema.items === undefined
    ? { suffix: "", inner: schema }
    : { suffix: "[]", inner: schema.items };
}

function describeType(schema: StructuralSchema): string {
  if (schema.enum !== undefined) {
    return schema.enum.map((value) => `\`${String(value)}\``).join(" \\| ");
  }
  if (schema.additionalProperties !== undefined) {
    return `map of ${describeType(schema.additionalProperties)}`;
  }
  return [schema["format"] ?? schema.type, describeRange(schema)].filter(Boolean).join(" ");
}

function describeRange(schema: StructuralSchema): string {
  const low = schema["minimum"] ?? schema["minLength"];
  const high = schema["maximum"] ?? schema["maxLength"];
  if (high === undefined) {
    return "";
  }
  const unit = schema.type === "string" ? " characters" : "";
  return `(${low ?? 0} to ${high}${unit})`;
}

function describeDefault(value: unknown): string {
  return value === undefined ? "" : `\`${JSON.stringify(value)}\``;
}

function describeMeaning(schema: StructuralSchema): string {
  const rules = (schema["x-kubernetes-validations"] ?? []) as readonly { message: string }[];
  return [schema.description, ...rules.map(({ message }) => message)].filter(Boolean).join("; ");
}

// A bar inside code is still a column to Markdown; only what describeType wrote is escaped already.
function escapeCell(cell: string): string {
  return cell.replaceAll(/(?<!\\)\|/g, "\\|");
}
