// SPDX-License-Identifier: Apache-2.0
/**
 * Canonical XML 1.1 without comments, of a whole element. Without `xml:` attributes, which the parser refuses, it is the same
 * as version 1.0, both for a document and for a part of one.
 */

import { utf8 } from "@strongroom/core";
import type { XmlElement } from "./parse-xml.ts";
import type { Scope, XmlAttribute } from "./xml-names.ts";

/**
 * The bytes that are digested or signed. A part of a document has all namespaces that are in force at its place.
 *
 * @param without An element that is left out with everything in it, as the enveloped signature is.
 */
export function canonicalize(element: XmlElement, without?: XmlElement): Uint8Array {
  return utf8(render(element, new Map(), without));
}

function render(element: XmlElement, outer: Scope, without: XmlElement | undefined): string {
  const children = element.children
    .filter((child) => child !== without)
    .map((child) =>
      typeof child === "string" ? escapeText(child) : render(child, element.scope, without),
    );
  const tag = [element.name, ...namespaces(element.scope, outer), ...attributes(element)];
  return `<${tag.join(" ")}>${children.join("")}</${element.name}>`;
}

/** Those that are not in force around the element already, by prefix. */
function namespaces(scope: Scope, outer: Scope): readonly string[] {
  if (scope === outer) {
    return [];
  }
  return [...scope]
    .filter(([prefix, uri]) => uri !== (outer.get(prefix) ?? ""))
    .sort(([one], [other]) => compare(one, other))
    .map(([prefix, uri]) => `xmlns${prefix === "" ? "" : `:${prefix}`}="${escapeValue(uri)}"`);
}

/** Those without a namespace come first. */
function attributes({ attributes: all }: XmlElement): readonly string[] {
  const inOrder = (one: XmlAttribute, other: XmlAttribute) =>
    compare(one.namespace, other.namespace) || compare(one.local, other.local);
  return [...all].sort(inOrder).map(({ name, value }) => `${name}="${escapeValue(value)}"`);
}

/** By code points, which for ASCII are what strings are compared by. */
function compare(one: string, other: string): number {
  return Number(one > other) - Number(one < other);
}

const escapes: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["\t", "&#x9;"],
  ["\n", "&#xA;"],
  ["\r", "&#xD;"],
]);

function escapeText(text: string): string {
  return text.replaceAll(/[&<>\r]/gu, (one) => escapes.get(one) ?? one);
}

function escapeValue(value: string): string {
  return value.replaceAll(/[&<"\t\n\r]/gu, (one) => escapes.get(one) ?? one);
}
