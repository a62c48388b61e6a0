// SPDX-License-Identifier: Apache-2.0
/** Tokens that are EARs: what they may say, and published ones. */

import { describe, expect, it } from "@jest/globals";
import { usual } from "../__fixtures__/jwt-attempts.ts";
import { openVectors } from "../__fixtures__/vectors.ts";
import { checkEar } from "./check-ear.ts";
import { isEar } from "./ear-member.ts";
import { parseJwks } from "./jwks.ts";
import { verifyJwt } from "./verify-jwt.ts";

describe("an EAR", () => {
  const ear = (status: unknown, vector: object | undefined) => ({
    submods: { one: { "ear.status": status, "ear.trustworthiness-vector": vector } },
  });

  it.each([
    ["affirming", { hardware: 2, executables: 31, configuration: -32, "file-system": 0 }],
    ["warning", { hardware: 32, executables: -96 }],
    ["contraindicated", { hardware: 127, executables: -128 }],
    ["none", { hardware: -1, executables: 1 }],
    [0, { hardware: 1 }],
    [2, { hardware: 31 }],
    [32, { hardware: 95 }],
    [96, { hardware: 127 }],
    ["affirming", undefined],
  ])("may say %s where its worst value does", (status, vector) => {
    expect(checkEar(ear(status, vector))).toBeUndefined();
  });

  it.each([
    ["affirming", { hardware: 32 }, "policy-denied"],
    ["affirming", { hardware: -33 }, "policy-denied"],
    ["warning", { hardware: 96 }, "policy-denied"],
    ["warning", { hardware: -97 }, "policy-denied"],
    ["none", { hardware: -2 }, "policy-denied"],
    [0, { hardware: 2 }, "policy-denied"],
    [32, { hardware: 96 }, "policy-denied"],
    ["affirming", { hardware: 128 }, "malformed"],
    ["affirming", { hardware: -129 }, "malformed"],
    ["affirming", { hardware: 1.5 }, "malformed"],
    ["affirming", { hardware: "2" }, "malformed"],
    ["affirming", { hardware: 2, executables: null }, "malformed"],
    ["affirming", [2], "malformed"],
    ["fine", {}, "malformed"],
    [1, {}, "malformed"],
    [undefined, {}, "malformed"],
  ])("is refused that says %s with %j: %s", (status, vector, refusal) => {
    expect(checkEar(ear(status, vector))?.class).toBe(refusal);
  });

  it.each([
    [{ akpub: "MFkwEwYH" }, undefined],
    [{}, "malformed"],
    [{ akpub: "" }, "malformed"],
    [{ akpub: "not base64!" }, "malformed"],
    [{ akpub: "!MFkw" }, "malformed"],
    [{ akpub: 1 }, "malformed"],
    ["MFkwEwYH", "malformed"],
    [null, "malformed"],
  ])("attests a key as %j: %s", (attestation, refusal) => {
    const one = { "ear.status": "affirming", "ear.veraison.key-attestation": attestation };
    expect(checkEar({ submods: { one } })?.class).toBe(refusal);
  });

  it.each([
    [{ ear_status: "affirming", ear_trustworthiness_vector: { hardware: 2 } }, undefined],
    [{ ear_status: "affirming", ear_trustworthiness_vector: { hardware: 96 } }, "policy-denied"],
    [{ ear_status: "affirming", ear_veraison_key_attestation: { akpub: "MFkw" } }, undefined],
    [{ ear_status: "affirming", ear_veraison_key_attestation: {} }, "malformed"],
    [{ ear_status: "fine" }, "malformed"],
    [{ ear_status: "affirming", "ear.status": "affirming" }, "malformed"],
    [
      {
        ear_status: "none",
        ear_trustworthiness_vector: {},
        "ear.trustworthiness-vector": { hardware: 2 },
      },
      "malformed",
    ],
    [
      {
        ear_status: "none",
        ear_veraison_key_attestation: { akpub: "MFkw" },
        "ear.veraison.key-attestation": { akpub: "AAAA" },
      },
      "malformed",
    ],
  ])("has its members by their newer names, once: %j, %s", (one, refusal) => {
    expect(checkEar({ submods: { one } })?.class).toBe(refusal);
  });

  it.each([
    ["affirming", "affirming", undefined],
    ["contraindicated", "affirming", undefined],
    ["affirming", "warning", "policy-denied"],
    ["affirming", 96, "policy-denied"],
    ["fine", "affirming", "malformed"],
    [null, "affirming", "malformed"],
  ])(
    "that is %s as a whole is no better than a submodule that is %s: %s",
    (ear_status, status, refusal) => {
      const submods = { one: { "ear.status": "none" }, two: { ear_status: status } };
      expect(checkEar({ ear_status, submods })?.class).toBe(refusal);
      expect(checkEar({ ear_status, "ear.status": ear_status, submods })?.class).toBe("malformed");
    },
  );

  it.each([
    [{ eat_profile: "tag:github.com,2023:veraison/ear" }, true],
    [{ eat_profile: "tag:ietf.org,2026:rats/ear#04" }, true],
    [{ ear_status: "none" }, true],
    [{ submods: { one: { ear_status: "contraindicated" } } }, true],
    [{ submods: { one: { "ear.status": "contraindicated" } } }, true],
    [{ eat_profile: "tag:ietf.org,2026:rats/ear/x" }, false],
    [{ submods: { one: {}, two: 1, three: null } }, false],
    [{ submods: ["GPU-0"] }, false],
  ])("is told from other tokens: %j, %s", (claims, is) => {
    expect(isEar(claims)).toBe(is);
  });

  it.each([
    [{}, "the token has no submodules"],
    [[{ "ear.status": "affirming" }], "the token has no submodules"],
    [{ one: 1 }, "a submodule is none"],
    [{ one: { "ear.status": "affirming" }, two: {} }, "a submodule has no status"],
  ])("is refused with submodules %j: %s", (submods, reason) => {
    expect(checkEar({ submods })).toEqual({ kind: "refused", class: "malformed", reason });
  });
});

const vectors = openVectors(process.env["STRONGROOM_VECTORS"]);
const withVectors = vectors === undefined ? describe.skip : describe;

withVectors("published tokens of EAR", () => {
  const folder = "jwt-ear/veraison__ear";
  const check = (name: string) => {
    const keys = parseJwks(vectors?.bytes(`${folder}/ear_test_pub.jwk.json`) ?? new Uint8Array());
    const issuer = { ...usual, issuer: "unbound", expiry: "optional", keys } as const;
    const token = (vectors?.text(`${folder}/${name}`) ?? "").trim();
    return verifyJwt(token, issuer, { nonce: "unbound" }, new Date("2022-10-18T11:20:00Z"));
  };

  it("ear_test_0.jwt is authentic and consistent", () => {
    const verdict = check("ear_test_0.jwt");
    expect(verdict).toMatchObject({ kind: "verified", claims: { binding: "unbound" } });
    expect(verdict.kind === "verified" && checkEar(verdict.claims.claims)).toBeUndefined();
  });

  it.each([
    ["ear_test_1.jwt", "policy-denied"],
    ["ear_test_2.jwt", "malformed"],
    ["ear_test_3.jwt", "expired"],
  ])("%s is refused: %s", (name, refusal) => {
    expect(check(name)).toMatchObject({ class: refusal });
  });
});
