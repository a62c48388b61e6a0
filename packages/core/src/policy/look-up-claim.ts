// SPDX-License-Identifier: Apache-2.0
/** Finds a claim by its name: what a token says about itself is data, and nothing that objects inherit is a claim. */

import type { JsonValue } from "../json/canonical-json.ts";

/** Claims as a token has them. */
export type Claims = { readonly [name: string]: JsonValue | undefined };

/** The claim, or nothing. Dots step into objects; where a name has dots of its own, the longest name counts. */
export function lookUpClaim(claims: Claims, path: string): JsonValue | undefined {
  if (Object.hasOwn(claims, path)) {
    return claims[path];
  }
  for (let dot = path.lastIndexOf("."); dot > 0; dot = path.lastIndexOf(".", dot - 1)) {
    const head = path.slice(0, dot);
    const inner = Object.hasOwn(claims, head) ? claims[head] : undefined;
    if (isObject(inner)) {
      return lookUpClaim(inner, path.slice(dot + 1));
    }
  }
  return undefined;
}

function isObject(value: JsonValue | undefined): value is Claims {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
