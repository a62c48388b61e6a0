// SPDX-License-Identifier: Apache-2.0
/** Attacks on the answer: somebody between vault and node plugin, who wants a pod to get another value than the vault's. */

import { afterAll, beforeAll, describe } from "@jest/globals";
import { isStrongroomError } from "@strongroom/core";
import { generateKeyPair } from "jose";
import { openRelease, type ReleaseAnswer } from "../fixtures/releasing.ts";
import { openShop, type Shop } from "../fixtures/shop.ts";
import { type Attack, describeAttacks, type Outcome } from "./attack.ts";
import { headerOf, signedBy, unsigned, withClaims } from "./jwt.ts";

interface Stage {
  readonly shop: Shop;
  readonly attacker: CryptoKey;
}

const items = ["db-password", "db-plain"];

/** Opens an answer as the node plugin does: here a release is what it would mount. */
async function mounted({ shop }: Stage, answer: ReleaseAnswer): Promise<Outcome> {
  const expected = { podUid: shop.pod.uid, vaultUid: shop.vault.uid, session: shop.session };
  try {
    return { released: Object.values(await openRelease(shop.installation, answer, expected)) };
  } catch (error) {
    if (!isStrongroomError(error)) {
      throw error;
    }
    return { released: [], refusal: error.code };
  }
}

type Body = ReleaseAnswer["body"];

const changed = (
  name: string,
  change: (body: Body, stage: Stage) => Partial<Body> | Promise<Partial<Body>>,
): Attack<Stage> => ({
  name,
  meets: "ResponseUntrusted",
  attempt: async (stage, attacked) => {
    const answer = await stage.shop.ask({ items });
    const made = attacked ? await change(answer.body, stage) : {};
    return await mounted(stage, { ...answer, body: { ...answer.body, ...made } });
  },
});

/** Another answer of the vault in the place of the one that was asked for. */
const replaced = (name: string, other: (shop: Shop) => Promise<ReleaseAnswer>): Attack<Stage> =>
  changed(name, async (_, { shop }) => (await other(shop)).body);

const statement = (
  name: string,
  sign: (release: string, stage: Stage) => string | Promise<string>,
): Attack<Stage> =>
  changed(name, async ({ release }, stage) => ({ release: await sign(release, stage) }));

const attacks: readonly Attack<Stage>[] = [
  statement("takes the signature off the statement", unsigned),
  statement("edits whom the statement is for", (release) =>
    withClaims(release, { pod: { uid: "another-pod" } }),
  ),
  statement("signs the statement with a key of its own", (release, { attacker }) =>
    signedBy(release, attacker),
  ),
  statement("signs the statement without a certificate", (release, { attacker }) =>
    signedBy(release, attacker, { header: { x5c: [] } }),
  ),
  statement("leaves the release root out of the chain", (release, { attacker }) =>
    signedBy(release, attacker, { header: { x5c: headerOf(release).x5c?.slice(0, 1) ?? [] } }),
  ),
  changed("exchanges two values", ({ items: [first, second] }) => ({ items: [second, first] })),
  changed("withholds a value that was granted", ({ items: [first] }) => ({ items: [first, {}] })),
  changed("drops an object", ({ items: [first] }) => ({ items: [first] })),
  changed("adds an object", ({ items: all }) => ({ items: [...all, all[0]] })),
  changed("says that the audit log ends elsewhere", ({ head }) => ({
    head: { ...head, root: "00".repeat(32) },
  })),
  changed("proves another record of the audit log", ({ proof }) => ({
    proof: { ...proof, leafHash: "00".repeat(32) },
  })),
  replaced("answers with an earlier release of the same objects", (shop) => shop.ask({ items })),
  replaced("answers with a release of other objects", (shop) =>
    shop.ask({ items: ["db-plain", "db-password"] }),
  ),
  replaced("answers with another pod's release", async (shop) => {
    const { cluster } = shop.installation;
    const neighbour = await cluster.makePod("node-1", shop.pod.account);
    return await shop.ask({ items, podToken: await cluster.podToken(neighbour) });
  }),
];

describe("an attacker on the answer of a release", () => {
  let stage: Stage;
  beforeAll(async () => {
    const shop = await openShop();
    await shop.putPolicy("plain", ["db-plain"], {
      conditions: [{ claim: "x-strongroom-class", equals: "software" }],
    });
    await shop.setSecret("db-plain", "value of db-plain");
    stage = { shop, attacker: (await generateKeyPair("ES256")).privateKey };
  }, 90_000);
  afterAll(async () => {
    await stage.shop[Symbol.asyncDispose]();
  });

  describeAttacks({ stage: () => stage, prize: "value of db-password" }, attacks);
});
