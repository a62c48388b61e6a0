// SPDX-License-Identifier: Apache-2.0
/**
 * From a TEE's device to a released secret: the node plugin's own collectors over devices that this file answers for, the
 * endorsements that its library finds, a real authority's token, and a release that asks for what only that TEE says.
 */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { concatBytes, u32be } from "@strongroom/core";
import {
  intelBodyOffset,
  makeCertificateTable,
  makeHclReport,
  makeTdReport,
  mintIntelQuote,
  type VendorServices,
} from "@strongroom/testing";
import { decodeJwt } from "jose";
import { provisionParavisor } from "../../csi-driver/src/azure/__fixtures__/paravisor.ts";
import { makeFakeTeeDevice } from "../../csi-driver/src/tee-device/__fixtures__/fake-tee-device.ts";
import { connectTpm } from "../../csi-driver/src/tpm/connect-tpm.ts";
import { makeFakeConfigfs } from "../../csi-driver/src/tsm/__fixtures__/fake-configfs.ts";
import { type Attesting, openAttesting } from "./fixtures/attesting.ts";
import { type CollectedRelease, openCollectedRelease } from "./fixtures/collected-release.ts";
import { type Devices, makeCollectingNode, startVendors } from "./fixtures/collecting.ts";
import { amd, intel } from "./fixtures/tee.ts";
import { answerNsm, busyOnce, signedReport } from "./fixtures/tee-devices.ts";

describe("evidence that a node collects", () => {
  let attesting: Attesting;
  let services: VendorServices;
  let release: CollectedRelease;
  beforeAll(async () => {
    attesting = await openAttesting({ tpms: 2 });
    services = await startVendors();
    release = await openCollectedRelease(attesting.installation);
  });
  afterAll(async () => {
    await services[Symbol.asyncDispose]();
    await attesting[Symbol.asyncDispose]();
  });

  /** Attests by these devices, has a secret released by claims of the token, and answers those. */
  const attestAndRelease = async (
    name: string,
    devices: Devices,
    conditions: readonly object[],
  ): Promise<Readonly<Record<string, unknown>>> => {
    await using node = await makeCollectingNode(attesting, services, name, devices);
    const session = await node.attest();
    expect(await release.byPolicy(name, session, conditions)).toBe("granted");
    return decodeJwt(session.token) as Record<string, unknown>;
  };
  const type = (equals: string) => ({ claim: "x-ms-attestation-type", equals });
  const tpmSocket = (index: number) => attesting.installation.tpms[index]?.socketPath ?? "";

  it("is an SNP guest's by configfs-tsm: a busy device, the chip's key from AMD's service", async () => {
    await using files = await makeFakeConfigfs({
      provider: "sev_guest",
      answer: (reportData, vmpl) => signedReport({ reportData, vmpl }),
      fault: busyOnce(),
    });
    const environment = { STRONGROOM_EVIDENCE: "tsm", STRONGROOM_TSM_PATH: files.root };
    const claims = await attestAndRelease("one", { environment, tsmFiles: files }, [
      type("sevsnpvm"),
      { claim: "x-ms-sevsnpvm-is-debuggable", equals: false },
    ]);
    expect(claims).toMatchObject({
      "x-strongroom-root": amd.fingerprints.ark,
      "x-strongroom-revocation": "checked",
      "x-strongroom-node-name": "one",
    });
    expect(services.requests.filter((path) => path.startsWith("/vcek/"))).toHaveLength(3);
    expect(await files.reports()).toEqual([]);
  });

  it("is an SNP guest's by /dev/sev-guest: the provider's key from the host's table", async () => {
    const table = makeCertificateTable([["vlek", amd.leaf({ kind: "vlek" })]]);
    await using device = await makeFakeTeeDevice((_, reportData) => {
      const report = signedReport({ reportData, flags: 0x4, chipId: new Uint8Array(64) });
      return concatBytes(u32be(report.length), report, u32be(table.length), table);
    });
    const environment = {
      ...{ STRONGROOM_EVIDENCE: "sev-guest", STRONGROOM_TEE_HELPER: device.helper },
    };
    const claims = await attestAndRelease("one", { environment }, [
      type("sevsnpvm"),
      { claim: "x-strongroom-snp-provider", equals: "CN=test.provider" },
    ]);
    expect(claims).toMatchObject({ "x-strongroom-tier": "tee" });
    expect(services.requests).toContain("/vlek/v1/Genoa/cert_chain");
  });

  it("is a trust domain's by configfs-tsm, with what Intel's service says of its platform", async () => {
    const kind = "td15-5";
    await using files = await makeFakeConfigfs({
      provider: "tdx_guest",
      answer: (reportData) =>
        mintIntelQuote(kind, intel, {
          signed: (bytes) => void bytes.set(reportData, intelBodyOffset(kind) + 520),
        }),
      fault: busyOnce(),
    });
    const environment = { STRONGROOM_EVIDENCE: "tsm", STRONGROOM_TSM_PATH: files.root };
    await attestAndRelease("one", { environment, tsmFiles: files }, [
      type("tdxvm"),
      { claim: "attester_tcb_status", equals: "UpToDate" },
    ]);
    expect(services.requests.some((path) => path.includes("/tdx/certification/v4/tcb"))).toBe(true);
  });

  it("is an enclave's by Nitro's security module, and binds the instance to the node", async () => {
    await using device = await makeFakeTeeDevice((_, request) => answerNsm(request));
    const environment = {
      ...{ STRONGROOM_EVIDENCE: "nitro", STRONGROOM_TEE_HELPER: device.helper },
    };
    const claims = await attestAndRelease("two", { environment }, [
      type("nitro"),
      { claim: "x-strongroom-nitro-is-debuggable", equals: false },
    ]);
    expect(claims["x-strongroom-device"]).toBe("nitro:i-0123456789abcdef0");
  });

  it("is an Azure machine's with SNP, found by itself, the chip's key from Azure's service", async () => {
    const transport = connectTpm({ kind: "socket", path: tpmSocket(0) });
    await provisionParavisor(transport, (attestationKey) =>
      makeHclReport({
        ...{ kind: "snp", vmId: "VM-SNP", attestationKey },
        hardware: (reportData) => signedReport({ reportData }),
      }),
    );
    const environment = {
      ...{ STRONGROOM_EVIDENCE: "auto", STRONGROOM_TPM_SOCKET: tpmSocket(0) },
      STRONGROOM_METADATA_URL: services.metadataUrl,
    };
    const claims = await attestAndRelease("three", { environment }, [
      type("azurevm"),
      { claim: "x-ms-isolation-tee.x-ms-attestation-type", equals: "sevsnpvm" },
    ]);
    expect(claims).toMatchObject({
      "x-ms-azurevm-vmid": "VM-SNP",
      "x-ms-azurevm-attested-pcrs": [0, 1, 2, 3, 4, 5, 6, 7],
      "x-strongroom-device": expect.stringMatching(/^azure:/),
    });
    expect(services.requests).toContain("/metadata/THIM/amd/certification");
  });

  it("is an Azure machine's with TDX, quoted by Azure's service", async () => {
    const transport = connectTpm({ kind: "socket", path: tpmSocket(1) });
    await provisionParavisor(transport, (attestationKey) =>
      makeHclReport({ kind: "tdx", vmId: "VM-TDX", attestationKey, hardware: makeTdReport }),
    );
    const environment = {
      ...{ STRONGROOM_EVIDENCE: "azure", STRONGROOM_TPM_SOCKET: tpmSocket(1) },
      STRONGROOM_METADATA_URL: services.metadataUrl,
    };
    const claims = await attestAndRelease("four", { environment }, [
      type("azurevm"),
      { claim: "x-ms-isolation-tee.x-ms-attestation-type", equals: "tdxvm" },
      { claim: "x-ms-isolation-tee.tdx_td_attributes_debug", equals: false },
    ]);
    expect(claims["x-ms-azurevm-vmid"]).toBe("VM-TDX");
    expect(services.requests).toContain("/acc/tdquote");
  });

  it("releases nothing that another TEE's policy governs", async () => {
    await using files = await makeFakeConfigfs({
      provider: "sev_guest",
      answer: (reportData) => signedReport({ reportData }),
    });
    const environment = { STRONGROOM_EVIDENCE: "tsm", STRONGROOM_TSM_PATH: files.root };
    await using node = await makeCollectingNode(attesting, services, "one", {
      ...{ environment, tsmFiles: files },
    });
    expect(await release.byPolicy("one", await node.attest(), [type("tdxvm")])).toBe(
      "denied PolicyDenied",
    );
  });

  it("is refused where the device answers for another nonce", async () => {
    await using files = await makeFakeConfigfs({
      provider: "sev_guest",
      answer: () => signedReport({ reportData: new Uint8Array(64).fill(1) }),
    });
    const environment = { STRONGROOM_EVIDENCE: "tsm", STRONGROOM_TSM_PATH: files.root };
    await using node = await makeCollectingNode(attesting, services, "one", {
      ...{ environment, tsmFiles: files },
    });
    await expect(node.attest()).rejects.toMatchObject({ code: "EvidenceRefused" });
  });
});
