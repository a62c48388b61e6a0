// SPDX-License-Identifier: Apache-2.0
/** What Azure Attestation's REST API (2022-08-01) has besides one body for each TEE, at the authority's real socket. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { concatBytes, fromBase64url, sha256, toBase64url, utf8 } from "@strongroom/core";
import { intelBodyOffset } from "@strongroom/testing";
import { type Attesting, openAttesting, type Runtime } from "./fixtures/attesting.ts";
import { amd, amdChain, quoteBody, snpBody } from "./fixtures/tee.ts";

const started = { image: "registry.example/app" };
const bytes = utf8(JSON.stringify(started));
const initTimeData = { data: toBase64url(bytes), dataType: "JSON" } as const;

describe("Azure Attestation's API", () => {
  let attesting: Attesting;
  beforeAll(async () => {
    attesting = await openAttesting();
  });
  afterAll(async () => {
    await attesting[Symbol.asyncDispose]();
  });

  /** Open Enclave's header: version 1, remote report, bytes that follow. */
  const openEnclave = (runtime: Runtime, type = 2) => {
    const { quote, ...rest } = quoteBody(runtime, "sgx3");
    const inner = fromBase64url(quote);
    const header = new Uint8Array(16);
    const view = new DataView(header.buffer);
    view.setUint32(0, 1, true);
    view.setUint32(4, type, true);
    view.setBigUint64(8, BigInt(inner.length), true);
    return { ...rest, report: toBase64url(concatBytes(header, inner)) };
  };
  const snpStarted = (runtime: Runtime, host: Uint8Array) => ({
    ...snpBody(runtime, { bytes: { 192: host } }),
    initTimeData,
  });
  const sgxStarted = (runtime: Runtime, config: Uint8Array) => ({
    ...quoteBody(runtime, "sgx3", {
      quote: (quote) => void quote.set(config, intelBodyOffset("sgx3") + 192),
    }),
    initTimeData,
  });
  const refusedAs = async (kind: string, body: (runtime: Runtime) => object) => {
    const { status, body: answer } = await attesting.attest(kind, body);
    return [status, answer.error.message];
  };

  it("takes an enclave's report of Open Enclave, and none whose header is of another kind", async () => {
    const claims = await attesting.claimsOf("OpenEnclave", (runtime) => openEnclave(runtime));
    expect(claims).toMatchObject({
      ...{ "x-ms-attestation-type": "sgx", "x-strongroom-fresh": true },
      "x-ms-sgx-mrenclave": "77".repeat(32),
    });
    const { status, body } = await attesting.attest("OpenEnclave", (r) => openEnclave(r, 1));
    expect([status, body.error.innererror.code]).toEqual([400, "EvidenceMalformed"]);
  });

  it("binds init-time data to what the host started the guest with", async () => {
    const claims = await attesting.claimsOf("SevSnpVm", (r) => snpStarted(r, sha256(bytes)));
    expect(claims["x-ms-inittime"]).toEqual(started);
    await attesting.refused("SevSnpVm", (r) => snpStarted(r, sha256(utf8("other"))), {
      class: "binding-mismatch",
    });
  });

  it.each([
    ["with a name twice", '{"image":"registry.example/app","image":"registry.example/other"}'],
    ["nested without end", `${"[".repeat(4_000)}${"]".repeat(4_000)}`],
  ])("takes no init-time data %s, of which readers make different things", async (_, text) => {
    const body = (r: Runtime) => ({
      ...snpBody(r, { bytes: { 192: sha256(utf8(text)) } }),
      initTimeData: { data: toBase64url(utf8(text)), dataType: "JSON" },
    });
    const { status, body: answer } = await attesting.attest("SevSnpVm", body);
    expect([status, answer.error.innererror.code]).toEqual([400, "EvidenceMalformed"]);
  });

  it("binds init-time data to an enclave's configuration id", async () => {
    const claims = await attesting.claimsOf("SgxEnclave", (r) => sgxStarted(r, sha256(bytes)));
    expect(claims["x-ms-inittime"]).toEqual(started);
    await attesting.refused("SgxEnclave", (r) => sgxStarted(r, sha256(utf8("other"))), {
      class: "binding-mismatch",
    });
    const plain = await attesting.claimsOf("OpenEnclave", (runtime) => openEnclave(runtime));
    expect(plain).not.toHaveProperty("x-ms-inittime");
  });

  it("says of what it does not take that it does not: a td's init-time data, draft policies", async () => {
    expect(await refusedAs("TdxVm", (r) => ({ ...quoteBody(r, "td15-5"), initTimeData }))).toEqual([
      400,
      expect.stringContaining("init-time data is taken with SEV-SNP and SGX alone"),
    ]);
    const draft = { draftPolicyForAttestation: "version=1.0; authorizationrules{=>permit();};" };
    expect(await refusedAs("SevSnpVm", (r) => ({ ...snpBody(r), ...draft }))).toEqual([
      400,
      expect.stringContaining("draft policies are not taken"),
    ]);
  });

  it("answers the request's own nonce, which proves nothing, as Azure does", async () => {
    const claims = await attesting.claimsOf("SevSnpVm", (r) => ({ ...snpBody(r), nonce: "mine" }));
    expect(claims["nonce"]).toBe("mine");
  });

  it("takes a report that a provider's key signed (VLEK), where that provider is wanted", async () => {
    const chain = (kind: "vlek" | "vcek") => amdChain(amd.leaf({ kind }), amd.asvk);
    const vlek = (runtime: Runtime) =>
      snpBody(runtime, { flags: 0x4, chipId: new Uint8Array(64) }, chain("vlek"));
    expect(await attesting.claimsOf("SevSnpVm", vlek)).toMatchObject({
      "x-strongroom-snp-signing-key": "vlek",
      "x-strongroom-snp-provider": "CN=test.provider",
    });
    await attesting.setRules({ snp: { providers: ["CN=another.provider"] } });
    await attesting.refused("SevSnpVm", vlek, { class: "policy-denied" });
    await attesting.setRules({ snp: { allowedChips: [Buffer.from(amd.chip.id).toString("hex")] } });
    await attesting.refused("SevSnpVm", vlek, { class: "policy-denied" });
    await attesting.setRules();
    await attesting.refused(
      "SevSnpVm",
      (runtime) => snpBody(runtime, { flags: 0x4, chipId: new Uint8Array(64) }, chain("vcek")),
      { code: "EndorsementsUnavailable" },
    );
  });
});
