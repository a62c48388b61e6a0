// SPDX-License-Identifier: Apache-2.0
import { status } from "@grpc/grpc-js";
import { describe, expect, it } from "@jest/globals";
import { systemClock } from "@strongroom/core";
import type { CollectResponse } from "../generated/strongroom/evidence/v1/CollectResponse.ts";
import { type ProviderAnswer, startFakeProvider } from "./__fixtures__/fake-provider.ts";
import { createProviderCollector } from "./create-provider-collector.ts";

const binding = new Uint8Array(32).fill(0xb1);
const { signal } = new AbortController();
const report = Uint8Array.of(1, 2);

async function startProvider(answer: ProviderAnswer) {
  const provider = await startFakeProvider(() => answer);
  const { path, asked } = provider;
  return {
    ...{ asked, collector: createProviderCollector({ path, clock: systemClock }) },
    [Symbol.asyncDispose]: () => provider[Symbol.asyncDispose](),
  };
}

describe("an evidence provider", () => {
  it.each<[CollectResponse, object]>([
    [
      { snp: { report, certificateTable: Uint8Array.of(3) } },
      { kind: "SevSnpVm", report, certificateTable: Uint8Array.of(3) },
    ],
    [{ snp: { report } }, { kind: "SevSnpVm", report }],
    [{ tdxQuote: report }, { kind: "TdxVm", quote: report }],
    [{ sgxQuote: report }, { kind: "SgxEnclave", quote: report }],
    [{ nitroDocument: report }, { kind: "Nitro", document: report }],
    [{ ccaToken: report }, { kind: "Cca", token: report }],
  ])("gives %j", async (answer, evidence) => {
    await using provider = await startProvider({ ...answer, endorsements: [Uint8Array.of(9)] });
    expect(await provider.collector.collect(binding, signal)).toEqual({
      evidence,
      endorsements: [Uint8Array.of(9)],
    });
    expect(provider.asked).toEqual([binding]);
  });

  it.each<[string, ProviderAnswer, string]>([
    ["that is away for a while", { code: status.UNAVAILABLE }, "TeeUnavailable"],
    ["that has no turn", { code: status.RESOURCE_EXHAUSTED }, "TeeUnavailable"],
    ["that refuses", { code: status.FAILED_PRECONDITION }, "TeeFailed"],
    ["that does not know the call", { code: status.UNIMPLEMENTED }, "TeeFailed"],
    ["that answers nothing", {}, "TeeFailed"],
    ["that answers an empty quote", { tdxQuote: new Uint8Array() }, "TeeFailed"],
    ["that answers too much", { tdxQuote: new Uint8Array(65_537) }, "TeeFailed"],
    ["that answers more than a message", { tdxQuote: new Uint8Array(2_097_152) }, "TeeUnavailable"],
  ])("%s is said to", async (_, answer, code) => {
    await using provider = await startProvider(answer);
    await expect(provider.collector.collect(binding, signal)).rejects.toMatchObject({ code });
  });

  it("is given up when nobody waits any more", async () => {
    await using provider = await startProvider("silence");
    const impatient = AbortSignal.timeout(200);
    await expect(provider.collector.collect(binding, impatient)).rejects.toMatchObject({
      code: "TeeUnavailable",
    });
  });

  it("may not be there", async () => {
    const nobody = createProviderCollector({ path: "/nonexistent/s", clock: systemClock });
    await expect(nobody.collect(binding, signal)).rejects.toMatchObject({ code: "TeeUnavailable" });
  });
});
