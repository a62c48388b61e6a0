// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { equalBytes } from "@strongroom/core";
import { openVectors } from "../__fixtures__/vectors.ts";
import { isSignedBy } from "../cose-sign1.ts";
import { parseCcaToken } from "./parse-cca-token.ts";
import { verifyCcaToken } from "./verify-cca-token.ts";

const vectors = openVectors(process.env["STRONGROOM_VECTORS"]);
const withVectors = vectors === undefined ? describe.skip : describe;
const bytes = (name: string) =>
  vectors?.bytes(`cca/veraison__services/${name}`) ?? new Uint8Array();

withVectors("published cca tokens", () => {
  it.each([
    "scheme__arm-cca__test__evidence__cca-good.cbor",
    "end-to-end__input__cca-evidence.cbor",
  ])(
    "%s is of a secured platform that vouches for the realm's key, which signed for the realm",
    (name) => {
      const { platform, realm } = parseCcaToken(bytes(name));
      expect(platform.claims.lifecycle).toBe("secured");
      expect(platform.claims.softwareComponents).toHaveLength(4);
      expect(equalBytes(platform.claims.challenge, realm.claims.keyDigest)).toBe(true);
      expect(isSignedBy(realm.cose, realm.claims.key)).toBe(true);
      expect(isSignedBy(platform.cose, realm.claims.key)).toBe(false);
      expect(verifyCcaToken(bytes(name), [], { challenge: "unbound" })).toMatchObject({
        class: "endorsements-unavailable",
      });
    },
  );

  it.each([
    ...[
      "scheme__parsec-cca__test__evidence__evidence.cbor",
      "scheme__psa-iot__test__psa-token.cbor",
    ],
    "scheme__psa-iot__test__token__psa.good.cose",
  ])("%s is no token of this kind", (name) => {
    expect(verifyCcaToken(bytes(name), [], { challenge: "unbound" })).toMatchObject({
      class: "malformed",
    });
  });
});
