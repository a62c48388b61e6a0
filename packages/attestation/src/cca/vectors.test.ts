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
      expect(equalBytes(platform.claims.realmKeyDigest, realm.claims.keyDigest)).toBe(true);
      expect(isSignedBy(realm.cose, realm.claims.key)).toBe(true);
      expect(isSignedBy(platform.cose, realm.claims.key)).toBe(false);
      expect(verifyCcaToken(bytes(name), [], { challenge: "unbound" })).toMatchObject({
        class: "endorsements-unavailable",
      });
    },
  );

  it.each([
    [
      "scheme__arm-cca__test__evidence__cca-good.cbor",
      "scheme__arm-cca__test__evidence__src__cca-good.json",
    ],
    ["end-to-end__input__cca-evidence.cbor", "end-to-end__input__src__cca-evidence.json"],
  ])("%s has the claims that %s was made of", (name, source) => {
    const { platform, realm } = parseCcaToken(bytes(name));
    const json = JSON.parse(Buffer.from(bytes(source)).toString());
    const base64 = (value: Uint8Array) => Buffer.from(value).toString("base64");
    const [claims, own] = [json["cca-platform-token"], json["cca-realm-delegated-token"]];
    expect({
      "cca-platform-profile": platform.claims.profile,
      "cca-platform-implementation-id": base64(platform.claims.implementationId),
      "cca-platform-instance-id": base64(platform.claims.instanceId),
      "cca-platform-config": base64(platform.claims.config),
      "cca-platform-service-indicator": platform.claims.verificationService,
    }).toEqual(pick(claims, /profile|-id$|config|indicator/u, /hash-algo/u));
    expect(
      platform.claims.softwareComponents.map(({ measurement }) => base64(measurement)),
    ).toEqual(
      claims["cca-platform-sw-components"].map(
        (one: Readonly<Record<string, string>>) => one["measurement-value"],
      ),
    );
    expect({
      "cca-realm-challenge": base64(realm.claims.challenge),
      "cca-realm-personalization-value": base64(realm.claims.personalization),
      "cca-realm-initial-measurement": base64(realm.claims.initialMeasurement),
      "cca-realm-extensible-measurements": realm.claims.extensibleMeasurements.map(base64),
    }).toEqual(pick(own, /challenge|value|measurement/u));
  });

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

/** The members whose names match, but those whose names match the second. */
function pick(object: object, names: RegExp, but = /^$/u): object {
  const entries = Object.entries(object);
  return Object.fromEntries(entries.filter(([name]) => names.test(name) && !but.test(name)));
}
