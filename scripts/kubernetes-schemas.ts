// SPDX-License-Identifier: Apache-2.0
/**
 * Writes JSON schemas in kubeconform's layout, `<kind>-<group>-<version>.json`, strict: unknown fields are errors.
 *
 * `node scripts/kubernetes-schemas.ts SWAGGER CRDS OUT`: SWAGGER is the Kubernetes module's own OpenAPI document, CRDS
 * the folder of CustomResourceDefinitions.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

type Schema = { [field: string]: unknown; properties?: Record<string, Schema> };

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

interface CustomResourceDefinition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

const reference = "#/definitions/";
const intOrString = { oneOf: [{ type: "string" }, { type: "integer" }] };
const quantity = { oneOf: [{ type: "string" }, { type: "number" }] };

/** kubeconform names a schema by the first label of its group only: `deployment-apps-v1.json`. */
function fileName({ group, version, kind }: GroupVersionKind): string {
  return [kind, group.split(".")[0], version].filter(Boolean).join("-").toLowerCase();
}

/** The schema with every object that lists its properties closed, and with what JSON schema calls otherwise. */
function strict(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strict);
  if (typeof value !== "object" || value === null) return value;
  const schema = value as Schema;
  if (schema["format"] === "int-or-string" || schema["x-kubernetes-int-or-string"])
    return intOrString;
  const copy = Object.fromEntries(
    Object.entries(schema).map(([key, field]) => [key, strict(field)]),
  );
  const open = "additionalProperties" in schema || schema["x-kubernetes-preserve-unknown-fields"];
  const closed = isObjectSchema(schema) && !open ? { additionalProperties: false } : {};
  return { ...copy, ...closed };
}

/** A schema with properties, not a map of properties one of which happens to be called so. */
function isObjectSchema(schema: Schema): boolean {
  return schema["type"] === "object" && typeof schema.properties === "object";
}

/** The names of all definitions that one reaches, itself included. */
function reachable(
  name: string,
  definitions: Readonly<Record<string, Schema>>,
): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    for (const [, found] of JSON.stringify(definitions[next]).matchAll(
      /"#\/definitions\/([^"]+)"/g,
    )) {
      if (found !== undefined) open.push(found);
    }
  }
  return seen;
}

function kubernetesSchemas(swagger: string): ReadonlyMap<string, unknown> {
  const source = JSON.parse(readFileSync(swagger, "utf8")) as {
    definitions: Record<string, Schema>;
  };
  const definitions = strict(source.definitions) as Record<string, Schema>;
  definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"] = quantity;
  const files = new Map<string, unknown>();
  for (const [name, schema] of Object.entries(definitions)) {
    const kinds = schema["x-kubernetes-group-version-kind"] as GroupVersionKind[] | undefined;
    // DeleteOptions and WatchEvent belong to every group; no manifest holds them.
    if (kinds?.length !== 1 || kinds[0] === undefined) continue;
    const closure = [...reachable(name, definitions)].map((key) => [key, definitions[key]]);
    files.set(fileName(kinds[0]), {
      $ref: reference + name,
      definitions: Object.fromEntries(closure),
    });
  }
  return files;
}

function customSchemas(folder: string): ReadonlyMap<string, unknown> {
  const files = new Map<string, unknown>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".yaml"))) {
    const { spec } = parse(readFileSync(join(folder, file), "utf8")) as CustomResourceDefinition;
    for (const { name: version, schema } of spec.versions) {
      const closed = strict(schema.openAPIV3Schema) as Schema;
      // The API server adds these to every resource; a CRD's schema does not repeat them.
      const envelope = {
        apiVersion: { type: "string" },
        kind: { type: "string" },
        metadata: { type: "object" },
      };
      const properties = { ...closed.properties, ...envelope };
      files.set(fileName({ group: spec.group, version, kind: spec.names.kind }), {
        ...closed,
        properties,
      });
    }
  }
  return files;
}

const [swagger, crds, out] = process.argv.slice(2);
if (swagger === undefined || crds === undefined || out === undefined) {
  throw new Error("usage: kubernetes-schemas.ts SWAGGER CRDS OUT");
}
mkdirSync(out, { recursive: true });
for (const [name, schema] of [...kubernetesSchemas(swagger), ...customSchemas(crds)]) {
  writeFileSync(join(out, `${name}.json`), JSON.stringify(schema));
}
