// SPDX-License-Identifier: Apache-2.0
/** Attacks on the proof of possession: a request that was seen, changed, moved or kept for later. */

import { afterAll, beforeAll, describe } from "@jest/globals";
import { proofType, routes } from "@strongroom/api";
import { exportJWK, generateKeyPair } from "jose";
import type { ReleaseAttempt, SentRelease } from "../fixtures/releasing.ts";
import { payloadOf } from "../fixtures/releasing-vault.ts";
import { openShop, type Shop } from "../fixtures/shop.ts";
import { type Attack, describeAttacks, releaseFrom } from "./attack.ts";
import { signedBy, unsigned, withClaims } from "./jwt.ts";

interface Stage {
  readonly shop: Shop;
  readonly attacker: CryptoKey;
  readonly attackerPublic: CryptoKey;
}

type Change = Partial<Omit<ReleaseAttempt, "vault" | "session">>;

/** A release that differs from an honest one by `change` alone. */
const but = (
  name: string,
  change: Change | ((stage: Stage) => Promise<Change>),
  meets: Attack<Stage>["meets"] = "ProofInvalid",
): Attack<Stage> => ({
  name,
  meets,
  attempt: async (stage, attacked) => {
    const made = typeof change === "function" ? await change(stage) : change;
    return await releaseFrom(stage.shop, attacked ? made : {});
  },
});

/** A proof that was made and not sent. */
async function withheld(shop: Shop, attempt: Change = {}): Promise<string> {
  let made = "";
  const change = ({ proof = "" }: SentRelease) => {
    made = proof;
    return { proof: undefined };
  };
  await shop.ask({ ...attempt, change });
  return made;
}

/** A release whose proof is signed in another way after it was made. */
const signedAnew = (
  name: string,
  sign: (proof: string, stage: Stage) => string | Promise<string>,
): Attack<Stage> => ({
  name,
  meets: "ProofInvalid",
  attempt: async (stage, attacked) => {
    const made = await withheld(stage.shop);
    const proof = attacked ? await sign(made, stage) : made;
    const proven = { jti: String(payloadOf(made).jti) };
    return await releaseFrom(stage.shop, { proven, change: () => ({ proof }) });
  },
});

const changed = (name: string, change: (sent: SentRelease) => Partial<SentRelease>) =>
  but(name, { change });

const minutes = (count: number) => new Date(Date.now() + count * 60_000);
const own = ({ shop }: Stage) => shop.session.keys.verify.privateKey;

const attacks: readonly Attack<Stage>[] = [
  changed("sends no proof", () => ({ proof: undefined })),
  changed("asks for another object with a proof that it saw", ({ body }) => ({
    body: body.replace("db-password", "db-ungoverned"),
  })),
  changed("adds a space to the body", ({ body }) => ({ body: `${body} ` })),
  changed("reorders the body's members", ({ body }) => {
    const { target, items } = JSON.parse(body);
    return { body: JSON.stringify({ items, target }) };
  }),
  but("moves a proof to another route", { provenPath: `${routes.release}/` }),
  but("moves a proof to a single object's route", { provenPath: "/secrets/db-password/release" }),
  but("moves a proof to another vault", { proven: { vaultUid: "another-vault" } }),
  but("keeps a proof for two minutes", { proven: { at: minutes(-2) } }),
  but("makes a proof for later", { proven: { at: minutes(2) } }),
  but("uses another pod's proof", async ({ shop }) => {
    const { cluster } = shop.installation;
    const neighbour = await cluster.makePod("node-1", shop.pod.account);
    const podToken = await cluster.podToken(neighbour);
    const seen = await withheld(shop, { podToken });
    return { change: () => ({ proof: seen }) };
  }),
  but(
    "repeats a whole request that was granted",
    async ({ shop }) => {
      const jti = `granted-${crypto.randomUUID()}`;
      await shop.ask({ proven: { jti } });
      return { proven: { jti } };
    },
    "ProofReplayed",
  ),
  signedAnew("signs the proof with a key of its own", (proof, { attacker }) =>
    signedBy(proof, attacker),
  ),
  signedAnew("embeds its own key in the proof", async (proof, { attacker, attackerPublic }) =>
    signedBy(proof, attacker, { header: { jwk: await exportJWK(attackerPublic) } }),
  ),
  signedAnew("takes the signature off the proof", unsigned),
  signedAnew("edits the proof", (proof) => withClaims(proof, { jti: "another-jti-of-it" })),
  signedAnew("has the node sign the proof as another type of statement", (proof, stage) =>
    signedBy(proof, own(stage), { header: { typ: "JWT" } }),
  ),
  signedAnew("leaves the id out that makes the proof single", (proof, stage) =>
    signedBy(proof, own(stage), { header: { typ: proofType }, claims: { jti: undefined } }),
  ),
  signedAnew("has the proof say another method", (proof, stage) =>
    signedBy(proof, own(stage), { header: { typ: proofType }, claims: { htm: "GET" } }),
  ),
];

describe("an attacker on the proof of possession", () => {
  let stage: Stage;
  beforeAll(async () => {
    const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
    stage = { shop: await openShop(), attacker: privateKey, attackerPublic: publicKey };
  }, 90_000);
  afterAll(async () => {
    await stage.shop[Symbol.asyncDispose]();
  });

  describeAttacks({ stage: () => stage, prize: "value of db-password" }, attacks);
});
