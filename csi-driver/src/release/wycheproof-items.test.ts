// SPDX-License-Identifier: Apache-2.0
/** Wycheproof's JWEs to keys on P-256 before the node plugin: one is in our algorithms, and is refused for what its header says alone. */

import { describe, expect, it } from "@jest/globals";
import { type WycheproofVector, wycheproof } from "@strongroom/testing";
import { importJWK, type JWK } from "jose";
import type { ReleaseKey } from "../attestation/release-keys.ts";
import { openItem } from "./open-item.ts";

const groups = wycheproof("json_web_encryption").filter(
  ({ private: jwk }) => (jwk as JWK).crv === "P-256",
);
const opened = "a released secret is not the one asked for";
const unopened = "a released secret cannot be opened";

async function refusalOf({ jwe }: WycheproofVector, jwk: JWK): Promise<string> {
  const privateKey = (await importJWK(jwk, "ECDH-ES+A256KW")) as CryptoKey;
  const key: ReleaseKey = { kid: String(jwk.kid), jwk, privateKey };
  return await openItem(String(jwe), key, { id: "id", jti: "jti" }).then(
    () => "taken",
    (error: Error) => error.message,
  );
}

describe("Wycheproof's JWEs to keys on P-256", () => {
  it("are opened in the plugin's algorithms alone, and never taken for an answer", async () => {
    const refusals = new Map<string, string>();
    for (const { private: jwk, tests } of groups) {
      for (const vector of tests) {
        refusals.set(vector.comment, await refusalOf(vector, jwk as JWK));
      }
    }
    const others = [...refusals].filter(([, refusal]) => refusal !== unopened);
    expect(others).toEqual([["acceptsEcdhEsA256KwA256Gcm", opened]]);
    expect(refusals.size).toBeGreaterThan(30);
  });
});
