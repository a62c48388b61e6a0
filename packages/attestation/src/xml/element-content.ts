// SPDX-License-Identifier: Apache-2.0
/** What is in an element that has either elements or text, never both. */

import { malformed } from "../byte-reader.ts";
import type { XmlElement } from "./parse-xml.ts";

/** Its elements. @throws {StrongroomError} `EvidenceMalformed` if there is text between them. */
export function elementsOf({ children }: XmlElement): readonly XmlElement[] {
  return children.flatMap((child) => {
    if (typeof child === "string" && /[^ \t\r\n]/u.test(child)) {
      throw malformed("an element of xml has text where it has none");
    }
    return typeof child === "string" ? [] : [child];
  });
}

/** Its text. @throws {StrongroomError} `EvidenceMalformed` if there are elements in it. */
export function textOf({ children }: XmlElement): string {
  if (children.some((child) => typeof child !== "string")) {
    throw malformed("an element of xml has others where it has text");
  }
  return children.join("");
}

/** An attribute without a prefix, or in a namespace; undefined where there is none. */
export function attributeOf(
  { attributes }: XmlElement,
  name: string,
  namespace = "",
): string | undefined {
  return attributes.find((one) => one.local === name && one.namespace === namespace)?.value;
}
