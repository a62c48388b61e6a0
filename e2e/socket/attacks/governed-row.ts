// SPDX-License-Identifier: Apache-2.0
/** A secret and the policy that governs it, for one row each: what the attacker does to them, and how he then reads. */

import type { Answer } from "../fixtures/exchange.ts";
import { admitsSoftware, type Shop } from "../fixtures/shop.ts";
import { type Attack, type Outcome, outcomeOf, releaseFrom } from "./attack.ts";

/** The secret of a row, which a policy of the row's name governs. */
export interface Prepared {
  readonly shop: Shop;
  readonly name: string;
}

/** Its value. */
export const value = "the governed value";
/** What its policy asks. */
export const conditions = [admitsSoftware];
/** What a plain answer shows. */
export const readValue = (body: Answer["body"]) => String(body.value);
let rows = 0;

/** A name that the pod's role covers and that nothing has. */
export function nextName(): string {
  rows += 1;
  return `db-row-${rows}`;
}

/** Makes a governed secret, has it attacked or not, and reads it in the way of the row. */
export const row = (
  name: string,
  meets: Attack<Shop>["meets"],
  attack: (prepared: Prepared) => Promise<unknown>,
  read: (prepared: Prepared) => Promise<Outcome> = released,
): Attack<Shop> => ({
  name,
  meets,
  attempt: async (shop, attacked) => {
    const prepared = { shop, name: nextName() };
    await shop.putPolicy(prepared.name, [prepared.name], { conditions });
    await shop.setSecret(prepared.name, value);
    if (attacked) {
      await attack(prepared);
    }
    return attacked ? await read(prepared) : await released(prepared);
  },
});

/** Asks for a release. */
export const released = ({ shop, name }: Prepared) => releaseFrom(shop, { items: [name] });
/** Reads on the plain route. */
export const plain = async ({ shop, name }: Prepared) =>
  outcomeOf(await shop.api("GET", `/secrets/${name}`), readValue);
