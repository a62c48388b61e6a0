// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { expectation } from "./__fixtures__/intel.ts";
import { attempt, milan } from "./__fixtures__/snp-attempts.ts";
import { verifyAzureVtpm } from "./azure/verify-azure-vtpm.ts";
import { verifyCcaToken } from "./cca/verify-cca-token.ts";
import { verifyDcapQuote } from "./dcap/verify-dcap-quote.ts";
import type { JwtIssuer } from "./jwt/jwt-issuer.ts";
import { verifyJwt } from "./jwt/verify-jwt.ts";
import { verifyNras } from "./jwt/verify-nras.ts";
import { appraiseNitro } from "./nitro/appraise-nitro.ts";
import { verifyNitro } from "./nitro/verify-nitro.ts";
import { verifyDevice } from "./nvidia/verify-device.ts";
import { verifyRim } from "./nvidia/verify-rim.ts";
import { appraiseSnp, type SnpRules } from "./snp/appraise-snp.ts";
import { endorseAmdKeys } from "./snp/endorse-amd-key.ts";
import { verifySnp } from "./snp/verify-snp-report.ts";
import { verifyAnchoredQuotes } from "./tpm/verify-anchored-quotes.ts";
import { verifyTpmQuote } from "./tpm/verify-tpm-quote.ts";
import type { Verdict } from "./verdict.ts";

/** Bytes of nothing: what is not stated is said before they are looked at. */
const junk = new Uint8Array(8);
const at = new Date("2026-06-01T00:00:00Z");
const unbound = "unbound" as const;
const badParameter = expect.objectContaining({ code: "BadParameter" });
const none = { certificates: [], crls: [] };
const trust = { roots: [], revocation: "if-given" } as const;

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const issuer: JwtIssuer = {
  ...{ issuer: unbound, audience: unbound, algorithms: ["ES256"], expiry: "optional" },
  ...{ keys: [{ kid: undefined, alg: undefined, key: publicKey }], longestAge: 60 },
};
const rules: SnpRules = {
  ...{ debug: "refuse", migrationAgent: "refuse", vmpls: [0], aliasCheck: unbound },
  floors: { Milan: unbound, Genoa: unbound, Turin: unbound },
  ...{ deniedChips: [], providers: unbound, unknownPolicyBits: 0n },
};
const genuine = attempt({ vendor: milan });
const facts = genuine.kind === "verified" ? genuine.claims : (undefined as never);
const tpm = { akPublic: junk, quote: junk, signature: junk, pcrs: {} };

/** What each asks of its caller, whole; and how it is called. */
const asked: Readonly<Record<string, readonly [given: object, call: (given: never) => unknown]>> = {
  verifySnp: [
    { reportData: unbound },
    (given) => verifySnp({ report: junk, endorsements: none }, trust, given, at),
  ],
  endorseAmdKeys: [
    { roots: [], revocation: "required" },
    (given) => endorseAmdKeys(none, given, at),
  ],
  appraiseSnp: [rules, (given) => appraiseSnp(facts, given)],
  verifyDcapQuote: [
    expectation,
    (given) => verifyDcapQuote(junk, given, { endorsements: {} as never, roots: [] }, at),
  ],
  verifyTpmQuote: [
    { akName: junk, extraData: junk, requiredPcrs: { sha256: [0] } },
    (given) => verifyTpmQuote(tpm, given),
  ],
  verifyAnchoredQuotes: [
    { extraData: junk },
    ({ extraData }: { extraData: never }) =>
      verifyAnchoredQuotes({ quotes: [], keys: [] } as never, [], extraData),
  ],
  verifyAzureVtpm: [
    { extraData: junk, userData: unbound, requiredPcrs: unbound },
    (given) => verifyAzureVtpm({ ...tpm, hclReport: junk }, () => ({}) as never, given),
  ],
  verifyNitro: [
    { nonce: junk, userData: unbound, publicKey: unbound },
    (given) => verifyNitro(junk, [], given, at),
  ],
  appraiseNitro: [
    { debug: "refuse", pcrs: { 0: ["00"] } },
    (given) => appraiseNitro({ isDebug: false, document: { pcrs: new Map() } } as never, given),
  ],
  verifyCcaToken: [{ challenge: new Uint8Array(64) }, (given) => verifyCcaToken(junk, [], given)],
  verifyJwt: [issuer, (given) => verifyJwt("a.b.c", given, { nonce: unbound }, at)],
  "verifyJwt's expectation": [
    { nonce: { path: ["nonce"], value: "n" } },
    (given) => verifyJwt("a.b.c", issuer, given, at),
  ],
  verifyDevice: [
    { nonce: junk, revocation: unbound },
    (given) => verifyDevice({ report: junk, certificates: [] }, [], given, at),
  ],
  verifyRim: [
    { revocation: [] },
    ({ revocation }: { revocation: never }) => verifyRim(junk, [], revocation, at),
  ],
};

describe("what a caller has to state", () => {
  const rows = Object.entries(asked).flatMap(([name, [given, call]]) =>
    Object.keys(given).map((member) => [name, member, given, call] as const),
  );

  it.each(rows)(
    "%s: without %s it is an error, whatever the evidence is",
    (_, member, given, call) => {
      expect(() => call({ ...given, [member]: undefined } as never)).toThrow(badParameter);
      expect(() => call({ ...given, [member]: Symbol() } as never)).toThrow(badParameter);
    },
  );

  it.each(Object.entries(asked))("%s: whole, and the evidence decides", (_, [given, call]) => {
    expect(() => call(given as never)).not.toThrow();
  });

  it.each<[string, (instant: Date) => unknown]>([
    [
      "verifySnp",
      (instant) =>
        verifySnp({ report: junk, endorsements: none }, trust, { reportData: unbound }, instant),
    ],
    ["verifyDcapQuote", (instant) => verifyDcapQuote(junk, expectation, {} as never, instant)],
    [
      "verifyNitro",
      (instant) =>
        verifyNitro(junk, [], { nonce: unbound, userData: unbound, publicKey: unbound }, instant),
    ],
    ["verifyJwt", (instant) => verifyJwt("a.b.c", issuer, { nonce: unbound }, instant)],
    [
      "verifyDevice",
      (instant) =>
        verifyDevice(
          { report: junk, certificates: [] },
          [],
          { nonce: unbound, revocation: unbound },
          instant,
        ),
    ],
    ["verifyRim", (instant) => verifyRim(junk, [], unbound, instant)],
  ])("%s: an instant that is none is an error", (_, verify) => {
    for (const instant of [new Date("then"), undefined, "2026-06-01T00:00:00Z", 0]) {
      expect(() => verify(instant as Date)).toThrow(badParameter);
    }
  });

  it("no word that is none of a rule's", () => {
    for (const debug of ["Refuse", "", "unbound", ["refuse"]]) {
      expect(() => appraiseSnp(facts, { ...rules, debug: debug as never })).toThrow(badParameter);
    }
  });

  it("no product without a floor, and no floor in part", () => {
    const part = { fmc: 0, bootLoader: 1, tee: 0, snp: 1 };
    for (const Milan of [undefined, part, 5]) {
      expect(() => appraiseSnp(facts, { ...rules, floors: { Milan } as never })).toThrow(
        badParameter,
      );
    }
  });

  it("no required PCRs that name none", () => {
    const call = asked["verifyTpmQuote"]?.[1];
    for (const requiredPcrs of [{}, { sha256: [] }, { sha256: 7 }]) {
      expect(() => call?.({ akName: junk, extraData: junk, requiredPcrs } as never)).toThrow(
        badParameter,
      );
    }
  });
});

describe("a nonce that a caller without types forgets", () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "ES256" })}.${part({ iat: at.getTime() / 1000 })}`;
  const signature = sign("sha256", utf8(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
  const token = `${signed}.${signature.toString("base64url")}`;
  const verify = (nonce: unknown): Verdict<unknown> =>
    verifyJwt(token, issuer, { nonce: nonce as never }, at);

  it("is not equal to the one that a token does not have", () => {
    expect(verify({ path: ["nonce"], value: "n" })).toMatchObject({ class: "binding-mismatch" });
    expect(verify("unbound")).toMatchObject({ kind: "verified" });
    for (const nonce of [{ path: ["nonce"] }, { path: [], value: "n" }, { value: "n" }, null]) {
      expect(() => verify(nonce)).toThrow(badParameter);
    }
    const bundle = utf8(JSON.stringify([["JWT", token], { "GPU-0": token }]));
    expect(() => verifyNras(bundle, issuer, undefined as never, at)).toThrow(badParameter);
  });
});
