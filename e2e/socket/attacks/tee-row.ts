// SPDX-License-Identifier: Apache-2.0
/** A machine for one row: what it sends to the authority under which rules, and whether a release follows. */

import { createAzureMachine } from "@strongroom/testing";
import { generateReleaseKeys } from "../../../csi-driver/src/attestation/release-keys.ts";
import { type Attesting, type MakeBody, openAttesting } from "../fixtures/attesting.ts";
import { type CollectedRelease, openCollectedRelease } from "../fixtures/collected-release.ts";
import { nonceFor, post } from "../fixtures/machine.ts";
import { traceOf } from "../fixtures/stored.ts";
import {
  amd,
  azureBody,
  ccaBody,
  nitroBody,
  quoteBody,
  runtimeOf,
  snpBody,
} from "../fixtures/tee.ts";
import type { Attack } from "./attack.ts";

/** An authority with nodes, and a vault that releases to TEEs. */
export interface Stage {
  readonly attesting: Attesting;
  readonly release: CollectedRelease;
}

const azureMachine = createAzureMachine(amd);
/** What an honest machine of each kind sends, and the node that it is. */
export const machines: Readonly<Record<string, readonly [node: string, body: MakeBody]>> = {
  SevSnpVm: ["one", (r) => snpBody(r)],
  TdxVm: ["one", (r) => quoteBody(r, "td15-5")],
  SgxEnclave: ["one", (r) => quoteBody(r, "sgx3")],
  AzureGuest: ["two", (r) => azureBody(r, azureMachine)],
  Nitro: ["three", (r) => nitroBody(r)],
  Cca: ["four", (r) => ccaBody(r)],
};

/** The machine. */
export interface AttackingMachine {
  readonly kind: string;
  /** What the attacker sends. */
  readonly body: MakeBody;
  /** What an honest machine sends, where that is not the usual. */
  readonly honest?: MakeBody;
  /** Rules of the authority, for both. */
  readonly rules?: object;
  /** Rules for the attacker alone: where the two are one machine, and the rules say what is wrong with it. */
  readonly against?: object;
}

/** The row. */
export const attack = (
  name: string,
  meets: Attack<Stage>["meets"],
  { kind, body, honest, rules, against }: AttackingMachine,
): Attack<Stage> => ({
  name,
  meets,
  attempt: async ({ attesting, release }, attacked) => {
    const [node = "", usual] = machines[kind] ?? [];
    const { installation } = attesting;
    await attesting.setRules(attacked ? { ...rules, ...against } : rules);
    const keys = await generateReleaseKeys();
    const token = attesting.tokenOf(node);
    const runtime = await runtimeOf(await nonceFor(installation, token), keys);
    const make = attacked ? body : (honest ?? usual);
    const { result: answer, leaves } = await traceOf(installation.folders.storeFile, () =>
      post(installation, token, `/attest/${kind}`, make?.(runtime)),
    );
    if (answer.status !== 200) {
      return { released: [], refusal: String(leaves[0]?.event.properties["class"]) };
    }
    const session = { token: answer.body.token, keys, expiresAt: new Date() };
    const outcome = await release.byPolicy(node, session, [
      { claim: "x-strongroom-tier", equals: "tee" },
    ]);
    return outcome === "granted"
      ? { released: [outcome] }
      : { released: [], refusal: outcome.slice("denied ".length) };
  },
});

/** Starts it. */
export async function openStage(): Promise<Stage> {
  const attesting = await openAttesting();
  return { attesting, release: await openCollectedRelease(attesting.installation) };
}
