// SPDX-License-Identifier: Apache-2.0
/** Evidence that the authority refuses, at its real socket: each class, what is recorded, and that nothing is spent. */

import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { toBase64url, utf8 } from "@strongroom/core";
import { createAzureMachine, intelBodyOffset } from "@strongroom/testing";
import {
  type Attesting,
  type MakeBody,
  openAttesting,
  type Runtime,
} from "./fixtures/attesting.ts";
import { nonceFor, post } from "./fixtures/machine.ts";
import {
  amd,
  amdChain,
  azureBody,
  nitroBody,
  quoteBody,
  runtimeOf,
  snpBody,
} from "./fixtures/tee.ts";

describe("the attestation authority", () => {
  let attesting: Attesting;
  beforeAll(async () => {
    attesting = await openAttesting();
  });
  afterAll(async () => {
    await attesting[Symbol.asyncDispose]();
  });

  const flip = (text: string, at: number) => {
    const bytes = Buffer.from(text, "base64url");
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes.toString("base64url");
  };
  const otherKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const forgedQuote = (runtime: Runtime) => {
    const body = quoteBody(runtime, "td15-5");
    return { ...body, quote: flip(body.quote, 200) };
  };
  const zeros = { pairs: [0, 1, 2].map((index) => [index, Buffer.alloc(48)] as const) };

  it.each<[string, string, MakeBody, string]>([
    [
      "an SNP report for other data",
      "SevSnpVm",
      (r) => snpBody(r, { reportData: new Uint8Array(64) }),
      "binding-mismatch",
    ],
    ["a guest in debug", "SevSnpVm", (r) => snpBody(r, { policy: 0xb0000n }), "policy-denied"],
    [
      "a guest with a migration agent",
      "SevSnpVm",
      (r) => snpBody(r, { policy: 0x70000n }),
      "policy-denied",
    ],
    [
      "a report of an old chip's key",
      "SevSnpVm",
      (r) => snpBody(r, {}, amdChain(amd.leaf({ notAfter: new Date("2023-01-01T00:00:00Z") }))),
      "expired",
    ],
    [
      "a report of another chip",
      "SevSnpVm",
      (r) => snpBody(r, { chipId: new Uint8Array(64).fill(9) }),
      "untrusted-chain",
    ],
    ["a forged trust domain", "TdxVm", forgedQuote, "bad-signature"],
    [
      "a trust domain for other data",
      "TdxVm",
      (r) =>
        quoteBody(r, "td15-5", {
          quote: (b) => b.fill(7, intelBodyOffset("td15-5") + 520, intelBodyOffset("td15-5") + 540),
        }),
      "binding-mismatch",
    ],
    [
      "a trust domain in debug",
      "TdxVm",
      (r) =>
        quoteBody(r, "td15-5", { quote: (b) => b.writeUInt8(1, intelBodyOffset("td15-5") + 120) }),
      "policy-denied",
    ],
    ["an enclave as a trust domain", "TdxVm", (r) => quoteBody(r, "sgx3"), "policy-denied"],
    [
      "an enclave in debug",
      "SgxEnclave",
      (r) =>
        quoteBody(r, "sgx3", { quote: (b) => b.writeUInt8(0x07, intelBodyOffset("sgx3") + 48) }),
      "policy-denied",
    ],
    [
      "a platform whose TCB was revoked",
      "TdxVm",
      (r) =>
        quoteBody(r, "td15-5", {
          endorsements: {
            tcbInfo: (info) => {
              for (const level of info.tcbLevels) {
                level.tcbStatus = "Revoked";
              }
            },
          },
        }),
      "revoked",
    ],
    [
      "a platform that is out of date",
      "TdxVm",
      (r) =>
        quoteBody(r, "td15-5", {
          endorsements: {
            tcbInfo: (info) => {
              info.tcbLevels[0].tcbStatus = "OutOfDate";
            },
          },
        }),
      "tcb-out-of-date",
    ],
    [
      "an Azure quote by another key",
      "AzureGuest",
      (r) => {
        const machine = createAzureMachine(amd);
        return azureBody(r, { ...machine, quote: (data) => machine.quote(data, otherKey) });
      },
      "bad-signature",
    ],
    [
      "an Azure quote for other data",
      "AzureGuest",
      (r) => {
        const machine = createAzureMachine(amd);
        return azureBody(r, { ...machine, quote: () => machine.quote(new Uint8Array(32)) });
      },
      "binding-mismatch",
    ],
    [
      "an Azure machine in debug",
      "AzureGuest",
      (r) => azureBody(r, createAzureMachine(amd, { report: { policy: 0xb0000n } })),
      "policy-denied",
    ],
    [
      "a Nitro document for other data",
      "Nitro",
      (r) => nitroBody(r, { user_data: Buffer.alloc(32) }),
      "binding-mismatch",
    ],
    ["a Nitro enclave in debug", "Nitro", (r) => nitroBody(r, { pcrs: zeros }), "policy-denied"],
  ])("refuses %s", async (_, kind, body, refusal) => {
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
