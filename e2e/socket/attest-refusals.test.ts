// SPDX-License-Identifier: Apache-2.0
/** Evidence that the authority refuses, at its real socket: each class, what is recorded, and that nothing is spent. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { toBase64url, utf8 } from "@strongroom/core";
import {
  type Attesting,
  type MakeBody,
  openAttesting,
  type Runtime,
} from "./fixtures/attesting.ts";
import { nonceFor, post } from "./fixtures/machine.ts";
import { refusedEvidence } from "./fixtures/refused-evidence.ts";
import { amdChain, nitroBody, quoteBody, runtimeOf, snpBody } from "./fixtures/tee.ts";

describe("the attestation authority", () => {
  let attesting: Attesting;
  beforeAll(async () => {
    attesting = await openAttesting();
  });
  afterAll(async () => {
    await attesting[Symbol.asyncDispose]();
  });

  it.each(refusedEvidence)("refuses %s", async (_, kind, body, refusal) => {
    await attesting.refused(kind, body, { class: refusal });
  });

  it("cannot say where endorsements are missing, asks to come again, and spends nothing", async () => {
    const runtime = await attesting.refused("SevSnpVm", (r) => snpBody(r, {}, pemOfLeaf()), {
      ...{ code: "EndorsementsUnavailable", class: "endorsements-unavailable" },
    });
    const retried = await post(
      attesting.installation,
      attesting.tokenOf("one"),
      "/attest/SevSnpVm",
      snpBody(runtime),
    );
    expect(retried.status).toBe(200);
    await attesting.refused("TdxVm", (r) => ({ ...quoteBody(r, "td15-5"), endorsements: [] }), {
      ...{ code: "EndorsementsUnavailable", class: "endorsements-unavailable" },
    });
  });
  const pemOfLeaf = () => amdChain().split(/(?<=-----END CERTIFICATE-----\n)/)[0] ?? "";

  it("takes no judgement of Intel's that is older than one it has seen", async () => {
    const numbered = (number: number) => (r: Runtime) =>
      quoteBody(r, "td15-5", {
        endorsements: {
          tcbInfo: (info) => void Object.assign(info, { tcbEvaluationDataNumber: number }),
          identity: (identity) => void Object.assign(identity, { tcbEvaluationDataNumber: number }),
        },
      });
    await attesting.claimsOf("TdxVm", numbered(21));
    await attesting.refused("TdxVm", numbered(20), { code: "EndorsementsUnavailable" });
    await attesting.claimsOf("TdxVm", numbered(21));
  });

  it("takes malformed evidence for what it is", async () => {
    const bodies: [string, MakeBody][] = [
      ["SevSnpVm", (r) => ({ ...snpBody(r), report: toBase64url(utf8('{"SnpReport":"AAAA"}')) })],
      ["TdxVm", (r) => ({ ...quoteBody(r, "td15-5"), quote: "AAAA" })],
      ["Nitro", (r) => ({ ...nitroBody(r), document: "AAAA" })],
    ];
    for (const [kind, body] of bodies) {
      const runtime = await runtimeOf(
        await nonceFor(attesting.installation, attesting.tokenOf("one")),
      );
      const { status } = await post(
        attesting.installation,
        attesting.tokenOf("one"),
        `/attest/${kind}`,
        body(runtime),
      );
      expect([400, 403]).toContain(status);
    }
  });

  it("takes evidence in base64url's one spelling, and in no other", async () => {
    const inside = (r: Runtime) => {
      const inner = JSON.parse(Buffer.from(snpBody(r).report, "base64url").toString());
      const VcekCertChain = spelt(inner.VcekCertChain);
      return toBase64url(utf8(JSON.stringify({ ...inner, VcekCertChain })));
    };
    const spelt = (text: string) => `${text.slice(0, 76)}\n${text.slice(76)}`;
    const quoted = (r: Runtime) => quoteBody(r, "td15-5");
    const bodies: [string, MakeBody, string][] = [
      ["SevSnpVm", (r) => ({ ...snpBody(r), report: spelt(snpBody(r).report) }), malformed],
      ["SevSnpVm", (r) => ({ ...snpBody(r), report: inside(r) }), "BadParameter"],
      ["TdxVm", (r) => ({ ...quoted(r), quote: spelt(quoted(r).quote) }), "BadParameter"],
      ["SgxEnclave", (r) => ({ ...quoteBody(r, "sgx3"), quote: "AAAA+/==" }), "BadParameter"],
    ];
    for (const [kind, body, code] of bodies) {
      const { status, body: answer } = await attesting.attest(kind, body);
      expect([kind, status, answer.error.innererror.code]).toEqual([kind, 400, code]);
    }
  });
  const malformed = "EvidenceMalformed";

  it("takes evidence with a nonce from the node plugin alone", async () => {
    const runtime = await runtimeOf(
      await nonceFor(attesting.installation, attesting.tokenOf("one")),
    );
    const stranger = await attesting.installation.oidc.token("somebody");
    const answer = await post(
      attesting.installation,
      stranger,
      "/attest/SevSnpVm",
      snpBody(runtime),
    );
    expect([answer.status, answer.body.error.innererror.code]).toEqual([403, "Forbidden"]);
  });
});
