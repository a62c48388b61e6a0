// SPDX-License-Identifier: Apache-2.0
/** Attacks on the bearer token: whose pod is it, on which node, and may it. */

import { afterAll, beforeAll, describe } from "@jest/globals";
import { generateKeyPair } from "jose";
import { type Machine, makeMachine } from "../fixtures/machine.ts";
import { type Account, accounts, subjectOf } from "../fixtures/names.ts";
import { openShop, type Shop } from "../fixtures/shop.ts";
import { type Attack, describeAttacks, releaseFrom } from "./attack.ts";
import { macked, signedBy, unsigned, withClaims } from "./jwt.ts";

interface Stage {
  readonly shop: Shop;
  /** Another attested node, whose plugin the attacker owns. */
  readonly other: Machine;
  readonly attacker: CryptoKey;
}

/** A release with a bearer token that is made from a good one. */
const withToken =
  (forge: (token: string, stage: Stage) => string | Promise<string>) =>
  async (stage: Stage, attacked: boolean) => {
    const { shop } = stage;
    const podToken = attacked ? await forge(shop.podToken, stage) : shop.podToken;
    return await releaseFrom(shop, { podToken });
  };

/** A release with the token of a pod that the attacker starts instead. */
const withPod =
  (node: string, account: Account) =>
  async ({ shop }: Stage, attacked: boolean) => {
    const { cluster } = shop.installation;
    const pod = attacked ? await cluster.makePod(node, account) : shop.pod;
    return await releaseFrom(shop, { podToken: await cluster.podToken(pod), podUid: pod.uid });
  };

const attacks: readonly Attack<Stage>[] = [
  { name: "sends no bearer token", meets: "TokenInvalid", attempt: withToken(() => "") },
  {
    name: "edits the account in a pod's token",
    meets: "TokenInvalid",
    attempt: withToken((token) => withClaims(token, { sub: subjectOf(accounts.operator) })),
  },
  {
    name: "takes the signature off a pod's token",
    meets: "TokenInvalid",
    attempt: withToken(unsigned),
  },
  {
    name: "signs a pod's token with a key of its own under the cluster's key id",
    meets: "TokenInvalid",
    attempt: withToken((token, { attacker }) => signedBy(token, attacker)),
  },
  {
    name: "signs a pod's token by HMAC with the infrastructure CA's certificate for a key",
    meets: "TokenInvalid",
    attempt: withToken((token, { shop }) => macked(token, shop.installation.ca())),
  },
  {
    name: "presents a pod's token for the API server",
    meets: "TokenInvalid",
    attempt: withToken((_, { shop }) =>
      shop.installation.cluster.podToken(shop.pod, "https://kubernetes.default.svc"),
    ),
  },
  {
    name: "presents the attestation token as its identity",
    meets: "TokenInvalid",
    attempt: withToken((_, { shop }) => shop.session.token),
  },
  {
    name: "has a configured issuer call it the pod's account",
    meets: "TokenInvalid",
    attempt: withToken((_, { shop }) => shop.installation.oidc.token(subjectOf(accounts.app))),
  },
  {
    name: "presents a person's token from the attested node",
    meets: "NodeMismatch",
    attempt: withToken((_, { shop }) => shop.installation.oidc.token("officer")),
  },
  {
    name: "presents the account's token that no pod has",
    meets: "NodeMismatch",
    attempt: withToken((_, { shop }) => shop.installation.cluster.accountToken(accounts.app)),
  },
  {
    name: "starts a pod of the account on a node that was not attested",
    meets: "NodeMismatch",
    attempt: withPod("node-2", accounts.app),
  },
  {
    name: "starts a pod of an account without a role on the attested node",
    meets: "Forbidden",
    attempt: withPod("node-1", accounts.stranger),
  },
  {
    name: "owns the node plugin of the attested node and asks for itself",
    meets: "Forbidden",
    attempt: withPod("node-1", accounts.nodePlugin),
  },
  {
    name: "steals a pod's token and attests a node of its own",
    meets: "NodeMismatch",
    attempt: async ({ shop, other }, attacked) =>
      await releaseFrom(shop, { session: await (attacked ? other : shop.node).attest() }),
  },
];

describe("an attacker on the bearer token", () => {
  let stage: Stage;
  beforeAll(async () => {
    const shop = await openShop({ tpms: 2 });
    const other = await makeMachine(shop.installation, "node-2", 1);
    const { privateKey } = await generateKeyPair("ES256");
    stage = { shop, other, attacker: privateKey };
  }, 90_000);
  afterAll(async () => {
    await stage.shop[Symbol.asyncDispose]();
  });

  describeAttacks({ stage: () => stage, prize: "value of db-password" }, attacks);
});
