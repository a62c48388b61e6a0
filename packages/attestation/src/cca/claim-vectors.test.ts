// SPDX-License-Identifier: Apache-2.0
/** Published claim sets of platforms and realms, without signatures: which are as specified, and what is wrong with the others. */

import { describe, expect, it } from "@jest/globals";
import { type CborValue, cbor } from "@strongroom/testing";
import { readDiagnostics } from "../__fixtures__/cbor-diagnostics.ts";
import { malformedWith } from "../__fixtures__/malformed-with.ts";
import { openVectors } from "../__fixtures__/vectors.ts";
import { parseCcaPlatform } from "./platform-claims.ts";
import { parseCcaRealm } from "./realm-claims.ts";

const vectors = openVectors(process.env["STRONGROOM_VECTORS"]);
const withVectors = vectors === undefined ? describe.skip : describe;
const text = (name: string) => vectors?.text(`cca/veraison__ccatoken/${name}`) ?? "{}";

/** Numbers of claims by the names that Veraison's JSON has for them. */
const labels: Readonly<Record<string, number>> = {
  "cca-platform-profile": 265,
  "cca-platform-challenge": 10,
  "cca-platform-implementation-id": 2396,
  "cca-platform-instance-id": 256,
  "cca-platform-config": 2401,
  "cca-platform-lifecycle": 2395,
  "cca-platform-sw-components": 2399,
  "cca-platform-service-indicator": 2400,
  "cca-platform-hash-algo-id": 2402,
  "measurement-value": 2,
  "signer-id": 5,
  "cca-realm-challenge": 10,
  "cca-realm-personalization-value": 44235,
  "cca-realm-initial-measurement": 44238,
  "cca-realm-extensible-measurements": 44239,
  "cca-realm-hash-algo-id": 44236,
  "cca-realm-public-key": 44237,
  "cca-realm-public-key-hash-algo-id": 44240,
};

const texts = [265, 2400, 2402, 44236, 44240];

/** The realm's key in one of the files that has one: in the JSON ones it is no point of any curve. */
const point = /44237: h'(?<hex>04[0-9a-f]+)'/u;

function fromJson(value: unknown, label = 0): CborValue {
  if (Array.isArray(value)) {
    return value.map((one) => fromJson(one, label));
  }
  if (typeof value === "object" && value !== null) {
    return {
      pairs: Object.entries(value).map(([name, one]) => {
        const own = labels[name] ?? name;
        return [own, fromJson(one, typeof own === "number" ? own : 0)] as const;
      }),
    };
  }
  // What is no base64 stays text, and is of another type then.
  const isText = texts.includes(label) || !/^[A-Za-z0-9+/]*={0,2}$/u.test(String(value));
  return typeof value !== "string" || isText
    ? (value as CborValue)
    : new Uint8Array(Buffer.from(value, "base64"));
}

/** The claim set of a file. */
function claimsOf(name: string): Uint8Array {
  if (name.endsWith(".diag")) {
    return cbor(readDiagnostics(text(name)));
  }
  const json = JSON.parse(text(name)) as Record<string, unknown>;
  const key = point.exec(text("realm__cbor__CcaRealmLegacyClaimsAll.diag"))?.groups?.["hex"] ?? "";
  const isSham = String(json["cca-realm-public-key"]).length > 100;
  const real = { "cca-realm-public-key": Buffer.from(key, "hex").toString("base64") };
  return cbor(fromJson(isSham ? { ...json, ...real } : json));
}

withVectors("published claims of a platform", () => {
  it.each([
    "platform__cbor__CcaPlatformClaimsAll.diag",
    "platform__cbor__CcaPlatformClaimsMandatoryOnly.diag",
    "platform__cbor__CcaPlatformExample.diag",
    "platform__cbor__CcaPlatformLegacyClaimsAll.diag",
    "platform__cbor__CcaPlatformLegacyClaimsMandatoryOnly.diag",
    "platform__json__test-token-valid-full.json",
  ])("%s are as specified", (name) => {
    expect(parseCcaPlatform(claimsOf(name)).lifecycle).toBe("secured");
  });

  const form = "profile, lifecycle or instance";
  it.each([
    ["platform__cbor__CcaPlatformClaimsInvalidMultiNonce.diag", "claim 10 "],
    ["platform__cbor__CcaPlatformClaimsMissingMandatoryNonce.diag", "claim 10 "],
    ["platform__json__test-config-missing.json", "claim 2401 "],
    ["platform__json__test-hash-algid-invalid.json", "claim 2402 "],
    ["platform__json__test-hash-algid-missing.json", "claim 2402 "],
    ["platform__json__test-implementation-id-invalid-long.json", "claim 2396 "],
    ["platform__json__test-implementation-id-invalid-missing.json", "claim 2396 "],
    ["platform__json__test-instance-id-invalid.json", "claim 256 "],
    ["platform__json__test-instance-id-missing.json", "claim 256 "],
    ["platform__json__test-invalid-profile.json", form],
    ["platform__json__test-invalid-psa-claims.json", "claim 2396 "],
    ["platform__json__test-lifecycle-invalid.json", form],
    ["platform__json__test-no-sw-components.json", "claim 2399 "],
    ["platform__json__test-nonce-invalid.json", "claim 2402 "],
    ["platform__json__test-sw-components-invalid-combo.json", "claim 2 "],
    ["platform__json__test-vsi-invalid-empty.json", "claim 2400 "],
  ])("%s are malformed: %s", (name, message) => {
    expect(() => parseCcaPlatform(claimsOf(name))).toThrow(malformedWith(message));
  });
});

withVectors("published claims of a realm", () => {
  it.each([
    "realm__cbor__CcaRealmClaimsAll.diag",
    "realm__cbor__CcaRealmExample.diag",
    "realm__cbor__CcaRealmLegacyClaimsAll.diag",
    "realm__json__test-cca-claims-all-valid.json",
  ])("%s are as specified", (name) => {
    expect(parseCcaRealm(claimsOf(name)).extensibleMeasurements).toHaveLength(4);
  });

  it.each([
    ["realm__cbor__CcaClaimsMissingMandExtendedMeas.diag", "claim 44239 "],
    ["realm__cbor__CcaClaimsMissingMandHashAlgID.diag", "claim 44236 "],
    ["realm__cbor__CcaClaimsMissingMandInitialMeas.diag", "claim 44238 "],
    ["realm__cbor__CcaClaimsMissingMandPubKey.diag", "claim 44237 "],
    ["realm__cbor__CcaRealmClaimsMissingMandNonce.diag", "claim 10 "],
    ["realm__json__test-invalid-extended-meas.json", "claim 44239 "],
    ["realm__json__test-invalid-initial-meas.json", "claim 44238 "],
    ["realm__json__test-invalid-nonce.json", "claim 10 "],
    ["realm__json__test-invalid-personalization-val.json", "claim 44235 "],
    ["realm__json__test-invalid-public-key.json", "no point"],
    ["realm__json__test-missing-extended-meas.json", "claim 44239 "],
    ["realm__json__test-missing-hash-alg-id.json", "claim 44236 "],
    ["realm__json__test-missing-initial-meas.json", "claim 44238 "],
    ["realm__json__test-missing-nonce.json", "claim 10 "],
    ["realm__json__test-missing-personalization-val.json", "claim 44235 "],
    ["realm__json__test-missing-public-key-alg-id.json", "claim 44240 "],
    ["realm__json__test-missing-public-key.json", "claim 44237 "],
  ])("%s are malformed: %s", (name, message) => {
    expect(() => parseCcaRealm(claimsOf(name))).toThrow(malformedWith(message));
  });
});
