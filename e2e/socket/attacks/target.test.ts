// SPDX-License-Identifier: Apache-2.0
/** Attacks on the attestation token: RFC 8725's and those of JOSE libraries' history, on tokens of our own authority. */

import { afterAll, beforeAll, describe } from "@jest/globals";
import { mintCertificate } from "@strongroom/testing";
import { importPKCS8, type JWK } from "jose";
import { installationHost, issuer } from "../fixtures/names.ts";
import { openShop, type Shop } from "../fixtures/shop.ts";
import { type Attack, describeAttacks, releaseFrom } from "./attack.ts";
import { encodeJson, macked, signedBy, unsigned, withClaims, withHeader } from "./jwt.ts";

interface Stage {
  readonly shop: Shop;
  readonly attacker: CryptoKey;
  readonly attackerJwk: JWK;
  readonly attackerX5c: readonly string[];
  /** The authority's public key, as anybody gets it. */
  readonly published: string;
}

/** A release for an attestation token that is made from a good one. */
const withTarget =
  (forge: (token: string, stage: Stage) => string | Promise<string>) =>
  async (stage: Stage, attacked: boolean) => {
    const { session } = stage.shop;
    const target = attacked ? await forge(session.token, stage) : session.token;
    return await releaseFrom(stage.shop, { target });
  };

/** A token whose claims the attacker signs, and whose header says where to find the key. */
const pointing = (name: string, header: (stage: Stage) => object): Attack<Stage> => ({
  name,
  meets: "TargetInvalid",
  attempt: withTarget((token, stage) => signedBy(token, stage.attacker, { header: header(stage) })),
});

const invalid = (
  name: string,
  forge: (token: string, stage: Stage) => string | Promise<string>,
  meets: Attack<Stage>["meets"] = "TargetInvalid",
): Attack<Stage> => ({ name, meets, attempt: withTarget(forge) });

const attacks: readonly Attack<Stage>[] = [
  invalid("calls a software TPM hardware", (token) =>
    withClaims(token, { "x-strongroom-class": "hardware" }),
  ),
  invalid("lengthens the token's life", (token) => withClaims(token, { exp: 4_102_444_800 })),
  invalid("puts a key of its own into the runtime data", (token, { attackerJwk }) =>
    withClaims(token, { "x-ms-runtime": { keys: [attackerJwk] } }),
  ),
  invalid("takes the signature off", unsigned),
  invalid("leaves an empty signature", (token) => `${token.split(".").slice(0, 2).join(".")}.`),
  invalid("signs by HMAC with the published key for a secret", (token, { published }) =>
    macked(token, published),
  ),
  pointing("signs with a key of its own under the authority's key id", () => ({})),
  pointing("embeds its key in the header", ({ attackerJwk }) => ({ jwk: attackerJwk })),
  pointing("points to its key set in jku", () => ({ jku: "https://attacker.example/certs" })),
  pointing("points to its certificate in x5u", () => ({ x5u: "https://attacker.example/leaf" })),
  pointing("brings a certificate of its key in x5c", ({ attackerX5c }) => ({ x5c: attackerX5c })),
  pointing("names a key id that does not exist", () => ({ kid: "attacker" })),
  pointing("names a file for a key id", () => ({ kid: "../../../../dev/null" })),
  invalid("adds a critical header that nobody knows", (token) =>
    withHeader(token, { crit: ["x-attacker"], "x-attacker": true }),
  ),
  invalid("calls the token unencoded", (token) => withHeader(token, { b64: false, crit: ["b64"] })),
  invalid("makes itself the issuer", (token, { attacker }) =>
    signedBy(token, attacker, { claims: { iss: "https://attacker.example" } }),
  ),
  invalid("writes the authority's name in another way", (token, { attacker }) =>
    signedBy(token, attacker, { claims: { iss: `${issuer.toUpperCase()}/` } }),
  ),
  invalid("presents the pod's token as an attestation token", (_, { shop }) => shop.podToken),
  invalid("presents the release's own statement as an attestation token", async (_, { shop }) => {
    return (await shop.ask()).body.release;
  }),
  invalid("sends the token twice in one", (token) => `${token}.${token}`, "BadParameter"),
  invalid(
    "presents an encrypted token",
    (token) =>
      `${encodeJson({ alg: "dir", enc: "A256GCM", zip: "DEF" })}..AA.${token.split(".")[1]}.AA`,
    "BadParameter",
  ),
  {
    name: "presents the token of another attestation with the first one's keys",
    meets: "ProofInvalid",
    attempt: async ({ shop }, attacked) => {
      const { token } = await shop.node.attest();
      return await releaseFrom(shop, { target: attacked ? token : shop.session.token });
    },
  },
];

describe("an attacker on the attestation token", () => {
  let stage: Stage;
  beforeAll(async () => {
    const shop = await openShop();
    const { certificate, keyPem } = await mintCertificate({ subject: "/CN=attestation" });
    const publicJwk = certificate.publicKey.export({ format: "jwk" }) as JWK;
    const certs = { serverName: installationHost, method: "GET", path: "/certs" };
    const [jwk] = (await shop.installation.send(certs)).body.keys;
    stage = {
      ...{ shop, attacker: await importPKCS8(keyPem, "ES256") },
      attackerJwk: { ...publicJwk, key_ops: ["deriveKey"], kid: "attacker" },
      attackerX5c: [certificate.raw.toString("base64")],
      published: JSON.stringify(jwk),
    };
  }, 90_000);
  afterAll(async () => {
    await stage.shop[Symbol.asyncDispose]();
  });

  describeAttacks({ stage: () => stage, prize: "value of db-password" }, attacks);
});
