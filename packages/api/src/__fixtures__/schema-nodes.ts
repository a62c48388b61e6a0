// SPDX-License-Identifier: Apache-2.0
/** Looks for nodes of a structural schema that lack something. */

/** A node of a schema. */
interface Node {
  readonly [keyword: string]: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
}

function walk(node: Node, path: string, isBad: (node: Node) => boolean): string[] {
  const inside = Object.entries(node.properties ?? {}).flatMap(([name, child]) =>
    walk(child, `${path}.${name}`, isBad),
  );
  const items = node.items === undefined ? [] : walk(node.items, `${path}[]`, isBad);
  return [...(isBad(node) ? [path] : []), ...inside, ...items];
}

/** Paths of nodes without a type. */
export function untypedNodes(node: Node, path: string): string[] {
  return walk(node, path, ({ type }) => typeof type !== "string");
}

/** Paths of lists, maps and texts without a bound. */
export function unboundedNodes(node: Node, path: string): string[] {
  return walk(
    node,
    path,
    ({ type, maxItems, maxLength, maxProperties, enum: values, format, additionalProperties }) =>
      (type === "array" && maxItems === undefined) ||
      (additionalProperties !== undefined && maxProperties === undefined) ||
      (type === "string" && [maxLength, values, format].every((bound) => bound === undefined)),
  );
}
