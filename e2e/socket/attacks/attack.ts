// SPDX-License-Identifier: Apache-2.0
/** An attack with its twin: the very same steps without the attack, which must release; so a row cannot pass by being broken. */

import { describe, expect, it } from "@jest/globals";
import { type DenialClass, denialClassSchema } from "@strongroom/api";
import type { Refused } from "@strongroom/attestation";
import type { ErrorCode } from "@strongroom/core";
import type { Answer } from "../fixtures/exchange.ts";
import { openRelease, type ReleaseAttempt } from "../fixtures/releasing.ts";
import type { Shop } from "../fixtures/shop.ts";

/** What came of an attempt. */
export interface Outcome {
  /** Everything that left the vault. */
  readonly released: readonly string[];
  /** Class of the refusal: what the caller is told, or of evidence what the audit log says. */
  readonly refusal?: string | undefined;
}

/** One row of the table. */
export interface Attack<Stage> {
  /** What the attacker does, as a sentence goes on: "an attacker …". */
  readonly name: string;
  readonly meets: ErrorCode | DenialClass | Refused["class"];
  /** Makes the attempt; with the attack, or honestly. */
  readonly attempt: (stage: Stage, attacked: boolean) => Promise<Outcome>;
}

/** Where the attacks happen. */
export interface Scene<Stage> {
  /** The stage; made before the first row. */
  readonly stage: () => Stage;
  /** What the honest twin gets. */
  readonly prize: string;
}

/** Declares the tests of a table. */
export function describeAttacks<Stage>(
  { stage, prize }: Scene<Stage>,
  attacks: readonly Attack<Stage>[],
): void {
  describe.each(attacks)("who $name", ({ attempt, meets }) => {
    it(`gets nothing but ${meets}`, async () => {
      expect(await attempt(stage(), true)).toEqual({ released: [], refusal: meets });
    });

    it("gets it where that is left out", async () => {
      const { released, refusal } = await attempt(stage(), false);
      expect({ refusal, prize: released.includes(prize) }).toEqual({ prize: true });
    });
  });
}

/** Outcome of a single answer of the vault. @param read What a success shows. */
export function outcomeOf(answer: Answer, read: (body: Answer["body"]) => string): Outcome {
  return answer.status === 200
    ? { released: [read(answer.body)] }
    : { released: [], refusal: answer.body.error.innererror?.code ?? answer.body.error.code };
}

/** Asks for a release as the node plugin does, and opens with its keys whatever comes. */
export async function releaseFrom(
  shop: Shop,
  attempt: Partial<ReleaseAttempt> & { readonly podUid?: string } = {},
): Promise<Outcome> {
  const answer = await shop.ask(attempt);
  if (answer.status !== 200) {
    return outcomeOf(answer, () => "");
  }
  const values = await openRelease(shop.installation, answer, {
    podUid: attempt.podUid ?? shop.pod.uid,
    vaultUid: shop.vault.uid,
    session: attempt.session ?? shop.session,
  });
  const all = Object.values(values);
  const [denied] = all.filter((value) => value.startsWith("denied "));
  return {
    released: all.filter((value) => !value.startsWith("denied ")),
    ...(denied === undefined
      ? {}
      : { refusal: denialClassSchema.parse(denied.slice("denied ".length)) }),
  };
}
