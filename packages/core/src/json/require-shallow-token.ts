// SPDX-License-Identifier: Apache-2.0
/** What has to be true of a token of others before a library decodes it: it hands the header to the engine as it is. */

import { deepest, isDeeperThan, JsonTooDeep } from "./parse-json.ts";

/**
 * Looks at the parts of a compact JWS or JWE that may be JSON; nothing else of the token is looked at.
 *
 * @throws {JsonTooDeep} if one is nested deeper than `parseJson` would read.
 */
export function requireShallowToken(token: string): void {
  for (const part of token.split(".", 2)) {
    // Bytes as characters: brackets and quotation marks are what they are in UTF-8.
    if (isDeeperThan(Buffer.from(part, "base64url").toString("latin1"), deepest)) {
      throw new JsonTooDeep(deepest);
    }
  }
}
