// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { verifyNitro } from "@strongroom/attestation";
import { silentLog } from "@strongroom/core";
import { cbor, createNitroVendor } from "@strongroom/testing";
import { useNvBuffer } from "../tpm/nv-memory.ts";
import { type AnswerRequest, createFakeNitroTpm } from "./__fixtures__/fake-nitro-tpm.ts";
import { createNitroTpmCollector } from "./create-nitro-tpm-collector.ts";

const binding = new Uint8Array(32).fill(0xb1);
const { signal } = new AbortController();
const vendor = createNitroVendor();
const fields = { module_id: "i-0123456789abcdef0-tpm0123456789abcdef", pcrs: undefined };
const pcrs = {
  pairs: Array.from({ length: 24 }, (_, index) => [index, new Uint8Array(48)] as const),
};

/** A document that repeats what was asked for. */
const honest: AnswerRequest = (request) => {
  const start = Buffer.from(request).indexOf("user_data") + 11;
  const user_data = request.slice(start, start + 32);
  const document = vendor.document({ fields: { ...fields, nitrotpm_pcrs: pcrs, user_data } });
  return cbor({ pairs: [["Attestation", { pairs: [["document", document]] }]] });
};

function setUp(answer: AnswerRequest) {
  const { transport, indexes } = createFakeNitroTpm(answer);
  const collector = createNitroTpmCollector({ transport, log: silentLog });
  return { indexes, transport, collect: () => collector.collect(binding, signal) };
}

describe("a NitroTPM", () => {
  it("gives a document that is bound to what was asked for, again and again, and is left as it was", async () => {
    const tpm = setUp(honest);
    for (const _ of [1, 2]) {
      const { evidence } = await tpm.collect();
      const root = { name: "test", class: "virtual", fingerprint: vendor.fingerprint } as const;
      const verdict = verifyNitro(
        evidence.kind === "Nitro" ? evidence.document : new Uint8Array(),
        [root],
        { userData: binding, nonce: "unbound", publicKey: "unbound" },
        new Date("2026-06-01T01:00:00Z"),
      );
      expect(verdict).toMatchObject({ kind: "verified", claims: { document: { kind: "tpm" } } });
    }
    expect(tpm.indexes()).toEqual([]);
  });

  it("makes nothing of what a process that was killed left behind", async () => {
    const tpm = setUp(honest);
    const killed = new Promise(() => undefined);
    const buffer = { index: 0x018a_5301, size: 64 };
    const isLeft = Promise.withResolvers<void>();
    void tpm.transport.use((channel) =>
      useNvBuffer(channel, buffer, async () => {
        isLeft.resolve();
        await killed;
      }),
    );
    await isLeft.promise;
    expect((await tpm.collect()).evidence.kind).toBe("Nitro");
    expect(tpm.indexes()).toEqual([]);
  });

  it.each<[string, AnswerRequest]>([
    ["does not know the command", () => 0x143],
    ["answers an error", () => cbor({ pairs: [["Error", "InvalidOperation"]] })],
    ["answers nothing", () => new Uint8Array()],
  ])("has failed where it %s, and is left as it was", async (_, answer) => {
    const tpm = setUp(answer);
    await expect(tpm.collect()).rejects.toMatchObject({ code: "TpmFailed" });
    expect(tpm.indexes()).toEqual([]);
  });
});
