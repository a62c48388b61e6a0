// SPDX-License-Identifier: Apache-2.0
/** Names of elements and attributes in their namespaces. Namespaces in XML 1.0, sections 3 to 6. */

import { malformed } from "../byte-reader.ts";
import { xmlLimits } from "./limits.ts";

/** Namespaces by prefix; the default one's is empty. */
export type Scope = ReadonlyMap<string, string>;

/** An attribute that declares no namespace. */
export interface XmlAttribute {
  /** As it is written, with its prefix. */
  readonly name: string;
  readonly local: string;
  /** Empty without a prefix: the default one is of elements alone. */
  readonly namespace: string;
  readonly value: string;
}

/** What an element's tag says once its prefixes are known. */
export interface BoundNames {
  readonly local: string;
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  readonly scope: Scope;
}

/** Canonical XML, section 1.3: a relative one has no canonical form. */
const absolute = /^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/iu;

/** Prefixes that have one meaning, which is not used here. */
const reserved = /^xml/iu;

/** @throws {StrongroomError} `EvidenceMalformed` if a prefix is not declared, or two attributes are one. */
export function bindNames(
  element: string,
  written: ReadonlyMap<string, string>,
  outer: Scope,
): BoundNames {
  const scope = declare(written, outer);
  const attributes = [...written]
    .filter(([name]) => !isDeclaration(name))
    .map(([name, value]) => ({ name, value, ...resolveName(name, scope, "") }));
  const unique = new Set(attributes.map(({ namespace, local }) => `{${namespace}}${local}`));
  if (unique.size !== attributes.length) {
    throw malformed("an element has an attribute under two prefixes");
  }
  return { ...resolveName(element, scope, scope.get("") ?? ""), attributes, scope };
}

function isDeclaration(name: string): boolean {
  return name === "xmlns" || name.startsWith("xmlns:");
}

function declare(written: ReadonlyMap<string, string>, outer: Scope): Scope {
  const declared = [...written]
    .filter(([name]) => isDeclaration(name))
    .map(([name, uri]) => [name.slice("xmlns:".length), uri] as const);
  if (declared.length === 0) {
    return outer;
  }
  const isRefused = declared.some(
    ([prefix, uri]) =>
      reserved.test(prefix) ||
      !(absolute.test(uri) || (prefix === "" && uri === "")) ||
      uri.startsWith("http://www.w3.org/XML/1998/namespace") ||
      uri.startsWith("http://www.w3.org/2000/xmlns"),
  );
  const scope = new Map([...outer, ...declared]);
  // Each element's is copied: their product is what a document may cost.
  if (isRefused || scope.size > xmlLimits.namespaces) {
    throw malformed("xml declares a namespace that may not be, or too many");
  }
  return scope;
}

function resolveName(name: string, scope: Scope, unprefixed: string) {
  const [first = "", local] = name.split(":");
  if (local === undefined) {
    return { local: first, namespace: unprefixed };
  }
  const namespace = scope.get(first);
  if (namespace === undefined) {
    throw malformed("a prefix of xml is not declared");
  }
  return { local, namespace };
}
