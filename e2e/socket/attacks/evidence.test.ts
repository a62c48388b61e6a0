// SPDX-License-Identifier: Apache-2.0
/** Attacks on evidence: quotes that are old, changed, relayed or somebody else's. What is attested is then used for a release. */

import { afterAll, beforeAll, describe } from "@jest/globals";
import type { TpmEvidence } from "@strongroom/api";
import { fromBase64url, fromUtf8 } from "@strongroom/core";
import {
  generateReleaseKeys,
  type ReleaseKeys,
} from "../../../csi-driver/src/attestation/release-keys.ts";
import { collectEvidence, nonceFor, postEvidence } from "../fixtures/machine.ts";
import { accounts } from "../fixtures/names.ts";
import type { Shop } from "../fixtures/shop.ts";
import { type Attack, describeAttacks, type Outcome, outcomeOf, releaseFrom } from "./attack.ts";
import { type Machines, openMachines } from "./machines.ts";

/** Presents evidence as the plugin with this token; a release follows where it is taken. */
async function present(
  { installation, ...shop }: Shop,
  { token, evidence, keys }: { token: string; evidence: TpmEvidence; keys: ReleaseKeys },
): Promise<Outcome> {
  const answer = await postEvidence(installation, token, evidence);
  if (answer.status !== 200) {
    return outcomeOf(answer, () => "");
  }
  const { token: target } = JSON.parse(fromUtf8(fromBase64url(answer.body.data)));
  const session = { token: target, keys, expiresAt: new Date() };
  return await releaseFrom({ installation, ...shop }, { session });
}

interface Parts {
  readonly stage: Machines;
  readonly nonce: string;
  readonly keys: ReleaseKeys;
}

/** Evidence of the attested node over a good nonce, but as `forge` makes it. */
const forged = (
  name: string,
  meets: Attack<Machines>["meets"],
  forge: (honest: TpmEvidence, parts: Parts) => TpmEvidence | Promise<TpmEvidence>,
): Attack<Machines> => ({
  name,
  meets,
  attempt: async (stage, attacked) => {
    const { shop } = stage;
    const { pluginToken: token } = shop.node;
    const nonce = await nonceFor(shop.installation, token);
    const keys = await generateReleaseKeys();
    const honest = await collectEvidence(shop.node, { nonce, keys });
    const evidence = attacked ? await forge(honest, { stage, nonce, keys }) : honest;
    return await present(shop, { token, evidence, keys });
  },
});

/** Evidence over a nonce that `choose` brings. */
const overNonce = (
  name: string,
  choose: (stage: Machines, own: string) => string | Promise<string>,
): Attack<Machines> =>
  forged(name, "NonceInvalid", async (_, { stage, nonce: own, keys }) =>
    collectEvidence(stage.shop.node, { nonce: await choose(stage, own), keys }),
  );

const withPcrs = (evidence: TpmEvidence, change: Readonly<Record<string, string>>) => ({
  ...evidence,
  pcrs: { sha256: { ...evidence.pcrs.sha256, ...change } },
});

/** Presents the honest node's evidence with a token that `choose` brings. */
const relayed = (
  name: string,
  meets: Attack<Machines>["meets"],
  choose: (stage: Machines) => string | Promise<string>,
): Attack<Machines> => ({
  name,
  meets,
  attempt: async (stage, attacked) => {
    const { shop } = stage;
    const own = shop.node.pluginToken;
    const keys = await generateReleaseKeys();
    const nonce = await nonceFor(shop.installation, own);
    const evidence = await collectEvidence(shop.node, { nonce, keys });
    const token = attacked ? await choose(stage) : own;
    return await present(shop, { token, evidence, keys });
  },
});

const attacks: readonly Attack<Machines>[] = [
  {
    name: "replays a quote that was taken before",
    meets: "NonceInvalid",
    attempt: async ({ shop }, attacked) => {
      const { pluginToken: token } = shop.node;
      const nonce = await nonceFor(shop.installation, token);
      const keys = await generateReleaseKeys();
      const evidence = await collectEvidence(shop.node, { nonce, keys });
      const first = await present(shop, { token, evidence, keys });
      return attacked ? await present(shop, { token, evidence, keys }) : first;
    },
  },
  overNonce("quotes over another node's nonce", ({ shop, other }) =>
    nonceFor(shop.installation, other.pluginToken),
  ),
  overNonce("changes the nonce's authentication", (_, own) =>
    own.endsWith("AA") ? `${own.slice(0, -2)}BB` : `${own.slice(0, -2)}AA`,
  ),
  overNonce("makes up a nonce", (_, own) => "A".repeat(own.length)),
  forged(
    "swaps the release keys for its own after the quote",
    "EvidenceRefused",
    async (honest, parts) => ({
      ...honest,
      runtimeData: (await collectEvidence(parts.stage.shop.node, { nonce: parts.nonce }))
        .runtimeData,
    }),
  ),
  forged(
    "calls itself hardware in the runtime data",
    "EvidenceMalformed",
    (_, { stage, ...parts }) =>
      collectEvidence(stage.shop.node, { ...parts, extra: { "x-strongroom-class": "hardware" } }),
  ),
  forged("quotes over nothing", "EvidenceRefused", (_, { stage, ...parts }) =>
    collectEvidence(stage.shop.node, { ...parts, extraData: new Uint8Array(32) }),
  ),
  forged("shows other PCR values than were quoted", "EvidenceRefused", (honest) =>
    withPcrs(honest, { "7": "1".repeat(64) }),
  ),
  forged("leaves a PCR out", "EvidenceRefused", (honest) => {
    const { "7": _, ...fewer } = honest.pcrs.sha256;
    return { ...honest, pcrs: { sha256: fewer } };
  }),
  forged("adds a PCR that was not quoted", "EvidenceRefused", (honest) =>
    withPcrs(honest, { "4": "0".repeat(64) }),
  ),
  forged("takes the signature of another quote", "EvidenceRefused", async (honest, parts) => ({
    ...honest,
    signature: (await collectEvidence(parts.stage.shop.node, { nonce: parts.nonce })).signature,
  })),
  forged(
    "relays another machine's quote over this node's nonce",
    "EvidenceRefused",
    (_, { stage, ...parts }) => collectEvidence(stage.other, parts),
  ),
  forged(
    "presents this machine's quote under another machine's key",
    "EvidenceRefused",
    async (honest, { stage, ...parts }) => ({
      ...honest,
      akPublic: (await collectEvidence(stage.other, parts)).akPublic,
    }),
  ),
  forged("uses a TPM that no configured maker made", "EvidenceRefused", (_, { stage, ...parts }) =>
    collectEvidence(stage.stray, parts),
  ),
  relayed(
    "relays an honest node's evidence as another node's plugin",
    "EvidenceRefused",
    ({ other }) => other.pluginToken,
  ),
  relayed("has an application's pod attest its node", "Forbidden", ({ shop }) => shop.podToken),
  relayed("attests with the plugin's account and no pod", "Forbidden", ({ shop }) =>
    shop.installation.cluster.accountToken(accounts.nodePlugin),
  ),
];

describe("an attacker on evidence", () => {
  let stage: Machines;
  beforeAll(async () => {
    stage = await openMachines();
  }, 90_000);
  afterAll(async () => {
    await stage.shop[Symbol.asyncDispose]();
  });

  describeAttacks({ stage: () => stage, prize: "value of db-password" }, attacks);
});
