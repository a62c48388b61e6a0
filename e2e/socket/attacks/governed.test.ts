// SPDX-License-Identifier: Apache-2.0
/** Attacks on what governs: ways past a release policy for who has every right on the plain routes, and for who edits policies. */

import { afterAll, beforeAll, describe } from "@jest/globals";
import { isStrongroomError } from "@strongroom/core";
import { hostOf } from "../fixtures/names.ts";
import { openShop, type Shop } from "../fixtures/shop.ts";
import { type Attack, describeAttacks, outcomeOf, releaseFrom } from "./attack.ts";
import {
  conditions,
  nextName,
  type Prepared,
  plain,
  readValue,
  released,
  row,
  value,
} from "./governed-row.ts";

const never = [...conditions, { claim: "x-strongroom-tier", equals: "tee" }];
const nothing = async () => undefined;

/** What is done in the rows that delete and make again. */
const purge = async ({ shop, name }: Prepared) => {
  await shop.api("DELETE", `/secrets/${name}`);
  await shop.api("DELETE", `/deletedsecrets/${name}`);
};
const narrow = ({ shop, name }: Prepared) => shop.putPolicy(name, ["other"], { conditions });

const attacks: readonly Attack<Shop>[] = [
  row("reads a governed secret on the plain route", "ReleaseRequired", nothing, plain),
  row("reads a governed version by its id", "ReleaseRequired", nothing, async ({ shop, name }) => {
    const { body } = await shop.api("GET", `/secrets/${name}/versions`);
    const version = String(body.value[0].id).split("/").at(-1);
    return outcomeOf(await shop.api("GET", `/secrets/${name}/${version}`), readValue);
  }),
  row("writes the name in capitals", "ReleaseRequired", nothing, async ({ shop, name }) =>
    outcomeOf(await shop.api("GET", `/secrets/${name.toUpperCase()}`), readValue),
  ),
  row(
    "deletes the policy and reads",
    "ReleaseRequired",
    ({ shop, name }) => shop.deletePolicy(name),
    plain,
  ),
  row("deletes the policy and asks for a release", "PolicyDenied", ({ shop, name }) =>
    shop.deletePolicy(name),
  ),
  row("narrows the policy's selector and reads", "ReleaseRequired", narrow, plain),
  row(
    "narrows the selector and sets a new version",
    "ReleaseRequired",
    async (prepared) => {
      await narrow(prepared);
      await prepared.shop.setSecret(prepared.name, value);
    },
    plain,
  ),
  row(
    "purges the secret and sets it again",
    "ReleaseRequired",
    async (prepared) => {
      await narrow(prepared);
      await purge(prepared);
      await prepared.shop.setSecret(prepared.name, value);
    },
    plain,
  ),
  row(
    "deletes the secret and recovers it",
    "ReleaseRequired",
    async (prepared) => {
      const { shop, name } = prepared;
      await narrow(prepared);
      await shop.api("DELETE", `/secrets/${name}`);
      await shop.api("POST", `/deletedsecrets/${name}/recover`);
    },
    plain,
  ),
  row(
    "restores its backup into a vault of its own",
    "Forbidden",
    nothing,
    async ({ shop, name }) => {
      const backup = await shop.api("POST", `/secrets/${name}/backup`);
      const { oidc } = shop.installation;
      const send = async (method: string, path: string, body?: object) =>
        await shop.installation.send({
          ...{ serverName: hostOf("attackers"), method, body },
          path: `${path}?api-version=7.5`,
          token: await oidc.token("officer"),
        });
      const restored = await send("POST", "/secrets/restore", backup.body);
      return restored.status === 200
        ? outcomeOf(await send("GET", `/secrets/${name}`), readValue)
        : outcomeOf(restored, readValue);
    },
  ),
  row(
    "restores its backup after the policy is gone",
    "ReleaseRequired",
    async (prepared) => {
      const { shop, name } = prepared;
      const { body } = await shop.api("POST", `/secrets/${name}/backup`);
      await purge(prepared);
      await shop.deletePolicy(name);
      await shop.api("POST", "/secrets/restore", body);
    },
    plain,
  ),
  row(
    "puts a policy of the same name, that allows all, into another vault",
    "PolicyDenied",
    async ({ shop, name }) => {
      await shop.putPolicy(name, [name], { conditions: [{ claim: "x-none", exists: true }] });
      await shop.installation.manage((client) =>
        client.putPolicy("attackers-uid", name, {
          ...{ epoch: 0, generation: 1, owner: { uid: "attacker" }, immutable: false },
          selector: { kinds: ["secrets"], names: [name] },
          policy: {
            version: "1.0.0",
            anyOf: [{ authority: "https://strongroom.strongroom-system.svc", allOf: conditions }],
          },
        }),
      );
    },
  ),
  row("adds a policy that allows where another denies", "PolicyDenied", async ({ shop, name }) => {
    await shop.putPolicy(name, [name], { conditions: never });
    await shop.putPolicy(`${name}-lenient`, [name], { conditions });
  }),
  row("runs a software TPM where no policy names the class", "PolicyDenied", ({ shop, name }) =>
    shop.putPolicy(name, [name], {
      conditions: [{ claim: "x-ms-attestation-type", equals: "tpm" }],
    }),
  ),
  row(
    "asks without pause while the policy is tightened",
    "PolicyDenied",
    async ({ shop, name }) => {
      const asking = Array.from({ length: 16 }, () => releaseFrom(shop, { items: [name] }));
      await shop.putPolicy(name, [name], { conditions: never });
      // Those on the way may have either answer; one that is asked for after the change has one.
      await Promise.all(asking);
    },
  ),
  row("boots something else", "PolicyDenied", nothing, async ({ shop, name }) => {
    const zero = { claim: "x-strongroom-tpm.pcrs.sha256.16", equals: "00".repeat(32) };
    await shop.putPolicy(name, [name], { conditions: [...conditions, zero] });
    await shop.node.measure("a kernel of the attacker's");
    return await releaseFrom(shop, { items: [name], session: await shop.node.attest() });
  }),
  {
    name: "loosens an immutable policy",
    meets: "PolicyImmutable",
    attempt: async (shop, attacked) => {
      const name = nextName();
      await shop.putPolicy(name, [name], {
        conditions: attacked ? never : conditions,
        immutable: true,
      });
      await shop.setSecret(name, value);
      try {
        await shop.putPolicy(name, [name], { conditions, immutable: !attacked });
      } catch (error) {
        if (!isStrongroomError(error)) {
          throw error;
        }
        const { released: values } = await released({ shop, name });
        return { released: values, refusal: error.code };
      }
      return await released({ shop, name });
    },
  },
];

describe("an attacker on what governs", () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
    const officer = { issuer: shop.installation.oidc.issuer, subject: "officer" };
    const roleAssignments = [
      { role: "Key Vault Administrator" as const, scope: "*", principals: [{ oidc: officer }] },
    ];
    await shop.installation.putVault({
      name: "attackers",
      uid: "attackers-uid",
      spec: { roleAssignments },
    });
  }, 90_000);
  afterAll(async () => {
    await shop[Symbol.asyncDispose]();
  });

  describeAttacks({ stage: () => shop, prize: value }, attacks);
});
