// SPDX-License-Identifier: Apache-2.0
/** Evidence of real TPMs that is not of this machine, for this node, for this nonce, or whole. */

import { describe, expect, it } from "@jest/globals";
import { collectEvidence, nonceFor, postEvidence } from "./fixtures/machine.ts";
import { traceOf } from "./fixtures/stored.ts";
import { useTwoMachines } from "./fixtures/two-machines.ts";

describe("the attestation authority, for evidence of a TPM", () => {
  const now = useTwoMachines();

  it("takes a nonce once", async () => {
    const nonce = await nonceFor(now.installation, now.one.pluginToken);
    const evidence = await collectEvidence(now.one, { nonce });
    const first = await traceOf(now.installation.folders.storeFile, () =>
      postEvidence(now.installation, now.one.pluginToken, evidence),
    );
    expect([first.result.status, first.rows.length]).toEqual([200, 1]);
    await now.refused(() => postEvidence(now.installation, now.one.pluginToken, evidence), {
      ...{ code: "NonceInvalid", operation: "NodeAttest" },
    });
  });

  it("takes no nonce that it gave to another node, or that it never gave", async () => {
    const foreign = await nonceFor(now.installation, now.two.pluginToken);
    const own = await nonceFor(now.installation, now.one.pluginToken);
    const forged = `${own.slice(0, -2)}${own.endsWith("AA") ? "BB" : "AA"}`;
    for (const nonce of [foreign, forged, "A".repeat(98)]) {
      const evidence = await collectEvidence(now.one, { nonce });
      await now.refused(() => postEvidence(now.installation, now.one.pluginToken, evidence), {
        ...{ code: "NonceInvalid", operation: "NodeAttest" },
      });
    }
  });

  it("spends no nonce on evidence that it refuses", async () => {
    const nonce = await nonceFor(now.installation, now.one.pluginToken);
    const wrong = await collectEvidence(now.one, { nonce, extraData: new Uint8Array(32) });
    await now.refused(() => postEvidence(now.installation, now.one.pluginToken, wrong), {
      ...{ code: "EvidenceRefused", operation: "NodeAttest" },
      properties: { class: "binding-mismatch" },
    });
    const right = await collectEvidence(now.one, { nonce });
    expect((await postEvidence(now.installation, now.one.pluginToken, right)).status).toBe(200);
  });

  it("takes no runtime data with a member that it does not know", async () => {
    const nonce = await nonceFor(now.installation, now.one.pluginToken);
    const evidence = await collectEvidence(now.one, {
      nonce,
      extra: { "x-strongroom-class": "hardware" },
    });
    await now.refused(() => postEvidence(now.installation, now.one.pluginToken, evidence), {
      ...{ code: "EvidenceMalformed", operation: "NodeAttest" },
    });
  });

  it("takes no other keys, PCR values or signature than those that were quoted", async () => {
    const nonce = await nonceFor(now.installation, now.one.pluginToken);
    const honest = await collectEvidence(now.one, { nonce });
    const other = await collectEvidence(now.one, { nonce });
    const ones = "1".repeat(64);
    const pcrs = { sha256: { ...honest.pcrs.sha256, "7": ones } };
    const { "7": _, ...fewer } = honest.pcrs.sha256;
    const changed = [
      { ...honest, runtimeData: other.runtimeData },
      { ...honest, signature: other.signature },
      { ...honest, pcrs },
      { ...honest, pcrs: { sha256: fewer } },
    ];
    for (const evidence of changed) {
      await now.refused(() => postEvidence(now.installation, now.one.pluginToken, evidence), {
        ...{ code: "EvidenceRefused", operation: "NodeAttest" },
        properties: { reason: expect.any(String) },
      });
    }
    expect((await postEvidence(now.installation, now.one.pluginToken, honest)).status).toBe(200);
  });

  it("takes no evidence of another machine's TPM", async () => {
    const nonce = await nonceFor(now.installation, now.one.pluginToken);
    const evidence = await collectEvidence(now.two, { nonce });
    const own = await collectEvidence(now.one, { nonce });
    for (const sent of [evidence, { ...own, akPublic: evidence.akPublic }]) {
      await now.refused(() => postEvidence(now.installation, now.one.pluginToken, sent), {
        ...{ code: "EvidenceRefused", operation: "NodeAttest" },
      });
    }
  });
});
