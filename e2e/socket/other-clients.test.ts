// SPDX-License-Identifier: Apache-2.0
/** What the vendor's clients of other languages send, in their own words, where JavaScript's sends something else. */

import { describe, expect, it } from "@jest/globals";
import { useObjects } from "./fixtures/use-objects.ts";

describe("a client", () => {
  const { call } = useObjects();

  it("in Java asks for no public exponent by saying 0", async () => {
    for (const kty of ["RSA", "RSA-HSM"]) {
      const body = `{"kty":"${kty}","public_exponent":0,"attributes":{}}`;
      const answer = await call("POST", `/keys/java-${kty}/create?api-version=2025-07-01`, {
        body,
      });
      expect([answer.status, answer.body.key.e]).toEqual([200, "AQAB"]);
    }
  });
});
