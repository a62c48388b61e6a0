// SPDX-License-Identifier: Apache-2.0
/** Attacks on enrolment: other secrets, other people's enrolments, second claimants. What is enrolled is then used for a release. */

import { afterAll, beforeAll, describe } from "@jest/globals";
import { toBase64url } from "@strongroom/core";
import {
  activatePath,
  beginEnrolment,
  enrolRequest,
  type Machine,
  post,
} from "../fixtures/machine.ts";
import { type Attack, describeAttacks, type Outcome, outcomeOf, releaseFrom } from "./attack.ts";
import { type Machines, openMachines } from "./machines.ts";

/** Ends an enrolment of the machine that has begun one; then attests and asks for a release. */
async function activate(
  { shop }: Machines,
  body: object,
  { machine, token }: { readonly machine: Machine; readonly token: string },
): Promise<Outcome> {
  const answer = await post(shop.installation, token, activatePath, body);
  return answer.status === 200
    ? await releaseFrom(shop, { session: await machine.attest() })
    : outcomeOf(answer, () => "");
}

/** An enrolment of the honest node's TPM, once more and the same, but for what the attacker changes of it. */
const enrolling = (
  name: string,
  meets: Attack<Machines>["meets"],
  change: (begun: { id: string; secret: string }, stage: Machines) => object | Promise<object>,
  token: (stage: Machines) => string = ({ shop }) => shop.node.pluginToken,
): Attack<Machines> => ({
  name,
  meets,
  attempt: async (stage, attacked) => {
    const { node: machine, installation } = stage.shop;
    const begun = await beginEnrolment(installation, machine, machine.pluginToken);
    const own = { machine, token: machine.pluginToken };
    return attacked
      ? await activate(stage, await change(begun, stage), { machine, token: token(stage) })
      : await activate(stage, begun, own);
  },
});

const attacks: readonly Attack<Machines>[] = [
  enrolling(
    "answers an enrolment with a secret that the TPM did not open",
    "EnrolmentRefused",
    (begun) => ({
      ...begun,
      secret: toBase64url(new Uint8Array(32)),
    }),
  ),
  enrolling("forges the state of an enrolment", "NonceInvalid", (begun) => ({
    ...begun,
    id: `${begun.id.slice(0, -2)}${begun.id.endsWith("AA") ? "BB" : "AA"}`,
  })),
  enrolling(
    "ends an enrolment that another node began",
    "NodeMismatch",
    (begun) => begun,
    ({ other }) => other.pluginToken,
  ),
  {
    name: "claims an enrolled machine for a second node",
    meets: "EnrolmentRefused",
    attempt: async (stage, attacked) => {
      const { shop, other } = stage;
      const machine = shop.node;
      const { pluginToken: token } = attacked ? other : machine;
      return await activate(stage, await beginEnrolment(shop.installation, machine, token), {
        machine,
        token,
      });
    },
  },
  {
    name: "binds a second machine to the node",
    meets: "EnrolmentRefused",
    attempt: async (stage, attacked) => {
      const { shop, other } = stage;
      const { pluginToken: token } = shop.node;
      const machine = attacked ? other : shop.node;
      return await activate(stage, await beginEnrolment(shop.installation, machine, token), {
        machine,
        token,
      });
    },
  },
  {
    name: "enrols a TPM that no configured maker made",
    meets: "EvidenceRefused",
    attempt: async (stage, attacked) => {
      const { installation, node } = stage.shop;
      const machine = attacked ? stage.stray : node;
      const token = machine.pluginToken;
      const path = "/strongroom/v1/enrolment";
      const answer = await post(installation, token, path, await enrolRequest(machine));
      return answer.status === 200
        ? await releaseFrom(stage.shop, { session: await machine.attest() })
        : outcomeOf(answer, () => "");
    },
  },
];

describe("an attacker on enrolment", () => {
  let stage: Machines;
  beforeAll(async () => {
    stage = await openMachines();
  }, 90_000);
  afterAll(async () => {
    await stage.shop[Symbol.asyncDispose]();
  });

  describeAttacks({ stage: () => stage, prize: "value of db-password" }, attacks);
});
