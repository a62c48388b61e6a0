// SPDX-License-Identifier: Apache-2.0
/** The form of a token: its parts, how long they may be together, and its header. */

import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { part } from "../__fixtures__/jwt-attempts.ts";
import { parseJwt } from "./verify-jwt.ts";

describe("a token of another authority", () => {
  it("has three parts of at most 65,536 characters together, and a header that is understood", () => {
    const usualHeader = part(JSON.stringify({ alg: "ES256" }));
    const longest = `${usualHeader}.${"A".repeat(65_536 - usualHeader.length - 2)}.`;
    expect(parseJwt(longest)).toMatchObject({ header: { alg: "ES256" }, signature: utf8("") });
    const refusals: readonly (readonly [string, string])[] = [
      [`${longest}A`, "three parts"],
      [`${usualHeader}.e30`, "three parts"],
      [`${usualHeader}.e30.AA.AA`, "three parts"],
      [`${part("[]")}.e30.`, "header is none"],
      [`${part("null")}.e30.`, "header is none"],
      [`${part('{"alg":"ES256","crit":[]}')}.e30.`, "not understood"],
      [`${part('{"alg":"ES256","b64":true}')}.e30.`, "not understood"],
      [`${usualHeader}.e3.`, "no base64url"],
    ];
    for (const [token, message] of refusals) {
      expect(() => parseJwt(token)).toThrow(
        expect.objectContaining({
          code: "EvidenceMalformed",
          message: expect.stringContaining(message),
        }),
      );
    }
  });
});
