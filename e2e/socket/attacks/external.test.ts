// SPDX-License-Identifier: Apache-2.0
/** Attacks by tokens of another authority, whose issuer signs more than one environment: keys, types, and what they say of themselves. */

import { createECDH, generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe } from "@jest/globals";
import { generateKeyPair, type JWTPayload } from "jose";
import { attestationIssuer, makeAttestationIssuer } from "../fixtures/attestation-issuer.ts";
import { hostOf } from "../fixtures/names.ts";
import {
  payloadOf,
  type ReleasingVault,
  releasingVault,
  startReleasingVault,
} from "../fixtures/releasing-vault.ts";
import { type Attack, describeAttacks, outcomeOf } from "./attack.ts";
import { macked, signedBy, unsigned, withClaims } from "./jwt.ts";

interface Stage {
  readonly vault: ReleasingVault;
  readonly attacker: CryptoKey;
}

const path = "/keys/payment";
/** What a released key shows: that something is wrapped. */
const wrapped = (body: { readonly value: string }) =>
  payloadOf(body.value).response.key.key.key_hsm === undefined ? "nothing" : "the wrapped key";

const asking = (
  name: string,
  meets: Attack<Stage>["meets"],
  change: (stage: Stage) => Promise<object> | object,
  subject = "officer",
): Attack<Stage> => ({
  name,
  meets,
  attempt: async (stage, attacked) =>
    outcomeOf(
      await stage.vault.release(
        path,
        attacked ? await change(stage) : {},
        attacked ? subject : "officer",
      ),
      wrapped,
    ),
});

/** A token that the issuer itself signs, of another environment. */
const attested = (name: string, meets: Attack<Stage>["meets"], claims: JWTPayload) =>
  asking(name, meets, async ({ vault }) => ({ target: await vault.maa.token(claims) }));

/** A token that is not the issuer's. */
const forged = (name: string, forge: (token: string, stage: Stage) => string | Promise<string>) =>
  asking(name, "TargetInvalid", async (stage) => ({
    target: await forge(await stage.vault.maa.token(), stage),
  }));

const offering = (name: string, ...keys: readonly object[]) =>
  attested(name, "BadParameter", { "x-ms-runtime": { keys } });

const rsaOf = (modulusLength: number) => ({
  ...generateKeyPairSync("rsa", { modulusLength }).publicKey.export({ format: "jwk" }),
  ...{ kid: "attacker", key_ops: ["encrypt"] },
});
/** A point that is not on P-256: CVE-2017-16007. */
const offCurve = () => {
  const point = createECDH("prime256v1").generateKeys();
  return {
    ...{ kty: "EC", crv: "P-256", kid: "attacker", key_ops: ["deriveKey"] },
    x: point.subarray(1, 33).toString("base64url"),
    y: Buffer.alloc(32, 1).toString("base64url"),
  };
};
const past = Math.floor(Date.now() / 1000) - 3_600;

const attacks: readonly Attack<Stage>[] = [
  attested("runs another environment than the policy asks for", "PolicyDenied", {
    "x-ms-ver": "2.0",
  }),
  attested("leaves out what the policy asks for", "PolicyDenied", { "x-ms-ver": undefined }),
  attested("runs a guest that can be debugged", "PolicyDenied", {
    "x-ms-sevsnpvm-is-debuggable": true,
  }),
  attested("presents a token that has ended", "TargetExpired", { exp: past }),
  attested("presents a token for later", "TargetExpired", { nbf: past + 86_400 }),
  attested("binds the token to a key that it does not hold", "ProofInvalid", {
    cnf: {
      jwk: generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" }),
    },
  }),
  offering("offers a key that breaks in an afternoon", rsaOf(1_024)),
  offering("offers a key that encrypts to what was there before", { ...rsaOf(2_048), e: "AQ" }),
  offering("offers a key that ends the token's process", { ...rsaOf(2_048), e: "AA" }),
  offering("offers a point that is not on the curve", offCurve()),
  offering("offers a key that is for signing", { ...rsaOf(2_048), key_ops: ["verify"] }),
  offering("offers no key"),
  attested("offers its key in a place that the evidence does not vouch for", "BadParameter", {
    ...{ "x-ms-runtime": undefined, keys: [rsaOf(2_048)] },
    "x-ms-isolation-tee": { "x-ms-runtime": { keys: [rsaOf(2_048)] } },
  }),
  forged("edits the token", (token) => withClaims(token, { "x-ms-ver": "1.0", jti: "other" })),
  forged("takes the token's signature off", unsigned),
  forged("signs by HMAC with the issuer's name for a key", (token) =>
    macked(token, attestationIssuer),
  ),
  forged("signs with an algorithm that the issuer does not use", (token, { attacker }) =>
    signedBy(token, attacker),
  ),
  forged("makes itself an authority of the same name", async () =>
    (await makeAttestationIssuer()).token(),
  ),
  asking("makes itself an authority", "TargetInvalid", async ({ vault }) => ({
    target: await vault.maa.token({ iss: "https://attacker.maa.example" }),
  })),
  asking("asks for a wrapping that is weaker than those there are", "BadParameter", () => ({
    enc: "RSA1_5",
  })),
  asking("asks for no wrapping", "BadParameter", () => ({ enc: "none" })),
  asking("has no role", "Forbidden", () => ({}), "nobody"),
  {
    name: "asks another vault for the key by this one's name",
    meets: "Misdirected",
    attempt: async ({ vault }, attacked) =>
      outcomeOf(
        await vault.installation.send({
          ...{
            serverName: hostOf(attacked ? "elsewhere" : releasingVault),
            host: hostOf(releasingVault),
          },
          ...{ method: "POST", path: `${path}/release?api-version=7.4` },
          token: await vault.installation.oidc.token("officer"),
          body: { target: await vault.maa.token() },
        }),
        wrapped,
      ),
  },
  {
    name: "asks for a key that was not made to be released",
    meets: "OperationNotPermitted",
    attempt: async ({ vault }, attacked) =>
      outcomeOf(await vault.release(attacked ? "/keys/kept" : path), wrapped),
  },
  {
    name: "names its own claims as the installation's authority would",
    meets: "PolicyDenied",
    attempt: async ({ vault }, attacked) => {
      const target = await vault.maa.token({ "x-strongroom-tier": "tee" });
      return outcomeOf(await vault.release(attacked ? "/keys/tiered" : path, { target }), wrapped);
    },
  },
];

describe("an attacker with another authority's tokens", () => {
  let stage: Stage;
  beforeAll(async () => {
    const vault = await startReleasingVault();
    stage = { vault, attacker: (await generateKeyPair("ES256")).privateKey };
    const policyOf = (condition: object) => ({
      data: Buffer.from(
        JSON.stringify({
          version: "1.0.0",
          anyOf: [{ authority: attestationIssuer, allOf: [condition] }],
        }),
      ).toString("base64url"),
    });
    const exportable = { kty: "RSA-HSM", attributes: { exportable: true } };
    for (const [name, body] of [
      [
        "payment",
        { ...exportable, release_policy: policyOf({ claim: "x-ms-ver", equals: "1.0" }) },
      ],
      [
        "tiered",
        { ...exportable, release_policy: policyOf({ claim: "x-strongroom-tier", equals: "tee" }) },
      ],
      ["kept", { kty: "RSA-HSM" }],
    ] as const) {
      await vault.call("POST", `/keys/${name}/create`, body);
    }
    const officer = { issuer: vault.installation.oidc.issuer, subject: "officer" };
    const roleAssignments = [
      { role: "Key Vault Administrator" as const, scope: "*", principals: [{ oidc: officer }] },
    ];
    await vault.installation.putVault({ name: "elsewhere", spec: { roleAssignments } });
  }, 90_000);
  afterAll(async () => {
    await stage.vault[Symbol.asyncDispose]();
  });

  describeAttacks({ stage: () => stage, prize: "the wrapped key" }, attacks);
});
