// SPDX-License-Identifier: Apache-2.0
/** Tokens that are EARs on the command line, by the names that drafts gave to their members. */

import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { verifyJwtEvidence } from "./verify-jwt-evidence.ts";

const at = new Date("2026-06-01T00:00:00Z");
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const key = utf8(publicKey.export({ type: "spki", format: "pem" }).toString());
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

function verify(claims: object) {
  const iat = Math.floor(at.getTime() / 1000);
  const signed = `${part({ alg: "ES256" })}.${part({ iat, exp: iat + 600, ...claims })}`;
  const signature = sign("sha256", utf8(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return verifyJwtEvidence({
    ...{ evidence: utf8(`${signed}.${signature.toString("base64url")}`), endorsements: [key] },
    ...{ trustRoots: [], binding: undefined, at, allowDebug: false },
  });
}

describe.each(["ear.status", "ear_status"])("an EAR with %s", (name) => {
  const of = (...statuses: readonly unknown[]) => ({
    submods: Object.fromEntries(statuses.map((status, index) => [index, { [name]: status }])),
  });

  it("is verified where its issuer vouches for all that is in it", () => {
    expect(verify(of("affirming", 2))).toMatchObject({
      ...{ verified: true, findings: ["binding-unchecked"] },
    });
  });

  it.each(["contraindicated", 96])("is refused where one of it is %s", (status) => {
    expect(verify(of("affirming", status))).toMatchObject({ refusal: "policy-denied" });
  });

  it("is verified with a finding where one of it is less than that", () => {
    const findings = (status: unknown) => verify(of("affirming", status));
    expect(findings("warning")).toMatchObject({
      findings: expect.arrayContaining(["ear-warning"]),
    });
    expect(findings(0)).toMatchObject({ findings: expect.arrayContaining(["ear-none"]) });
  });

  it("is refused where it is so as a whole", () => {
    expect(verify({ ...of("affirming"), [name]: "contraindicated" })).toMatchObject({
      refusal: "policy-denied",
    });
  });

  it("is none without a status, whatever draft its profile names", () => {
    for (const eat_profile of [
      "tag:github.com,2023:veraison/ear",
      "tag:ietf.org,2026:rats/ear#04",
    ]) {
      expect(verify({ eat_profile, submods: { a: {} } })).toMatchObject({
        refusal: "malformed",
      });
    }
  });
});
