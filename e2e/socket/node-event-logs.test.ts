// SPDX-License-Identifier: Apache-2.0
/**
 * From a machine's log to a released secret: a software TPM that was extended as the log says, the node plugin's own reading
 * and quoting, a real authority's token, and a release that asks for Secure Boot.
 */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { makeHclReport, type VendorServices } from "@strongroom/testing";
import { decodeJwt } from "jose";
import { provisionParavisor } from "../../csi-driver/src/azure/__fixtures__/paravisor.ts";
import { mintTdQuote } from "../../csi-driver/src/event-log/__fixtures__/td-quote.ts";
import { startFakeProvider } from "../../csi-driver/src/provider/__fixtures__/fake-provider.ts";
import { reportDataOf } from "../../csi-driver/src/tee/tee-evidence.ts";
import { extendPcr } from "../../csi-driver/src/tpm/__fixtures__/raw-commands.ts";
import { connectTpm } from "../../csi-driver/src/tpm/connect-tpm.ts";
import { makeFakeConfigfs } from "../../csi-driver/src/tsm/__fixtures__/fake-configfs.ts";
import { encodeEventLog } from "../../packages/attestation/src/__fixtures__/test-event-log.ts";
import {
  extensionsOf,
  linuxDomain,
  linuxLine,
  linuxMachine,
} from "../../packages/attestation/src/__fixtures__/test-machines.ts";
import { type Attesting, openAttesting } from "./fixtures/attesting.ts";
import { type CollectedRelease, openCollectedRelease } from "./fixtures/collected-release.ts";
import { makeCollectingNode, startVendors } from "./fixtures/collecting.ts";
import { admitsSoftware } from "./fixtures/shop.ts";
import { intel } from "./fixtures/tee.ts";
import { signedReport } from "./fixtures/tee-devices.ts";

const log = encodeEventLog(linuxMachine());
const secureBoot = { claim: "secureboot", equals: true };

describe("a node with the log of its boot", () => {
  let attesting: Attesting;
  let services: VendorServices;
  let release: CollectedRelease;
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "boot-"));
    attesting = await openAttesting({ tpms: 2 });
    const { tpms } = attesting.installation;
    await attesting.setRules({
      kinds: ["AzureGuest", "TdxVm", "Tpm"],
      tpm: {
        trustRoots: tpms.map(({ rootCertificate: certificates }, index) => ({
          ...{ name: `test-${index}`, class: "software", certificates },
        })),
        intermediateCertificates: tpms.map((tpm) => tpm.issuerCertificate).join("\n"),
      },
    });
    services = await startVendors();
    release = await openCollectedRelease(attesting.installation);
    for (const { socketPath: path } of tpms) {
      for (const { register, digest } of extensionsOf(linuxMachine())) {
        await connectTpm({ kind: "socket", path }).use((to) => extendPcr(to, register, digest));
      }
    }
  });
  afterAll(async () => {
    await services[Symbol.asyncDispose]();
    await attesting[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  /** Attests as the plugin does, by this TPM and with this file as its log, and asks for a secret. */
  const attest = async (
    name: string,
    tpm: number,
    source: string,
    bytes: Uint8Array | undefined,
  ) => {
    const path = join(folder, name);
    await (bytes === undefined ? rm(path, { force: true }) : writeFile(path, bytes));
    await using node = await makeCollectingNode(attesting, services, name, {
      environment: {
        ...{ STRONGROOM_EVIDENCE: source, STRONGROOM_EVENT_LOG: path },
        STRONGROOM_TPM_SOCKET: attesting.installation.tpms[tpm]?.socketPath ?? "",
        STRONGROOM_METADATA_URL: services.metadataUrl,
      },
    });
    const session = await node.attest();
    const ask = (...conditions: readonly object[]) =>
      release.byPolicy(name, session, [admitsSoftware, ...conditions]);
    return { claims: decodeJwt(session.token) as Record<string, unknown>, ask };
  };

  it("has what the log proves in its token, and is released to for Secure Boot", async () => {
    const { claims, ask } = await attest("one", 0, "tpm", log);
    expect(claims).toMatchObject({
      ...{ secureboot: true, secureBootEnabled: true, bootDebuggingDisabled: true },
      "x-ms-attestation-type": "tpm",
      "x-strongroom-kernel-command-line": linuxLine,
      "x-strongroom-boot-images": [expect.any(String), expect.any(String)],
      "x-strongroom-boot-files": [expect.any(String)],
    });
    expect(await ask(secureBoot)).toBe("granted");
  });

  it.each<[string, Uint8Array | undefined]>([
    ["is there", undefined],
    ["is not of its registers", encodeEventLog(linuxMachine(0))],
    ["was cut short", log.slice(0, -1)],
    ["is longer than is taken", new Uint8Array(1_048_577).fill(1)],
  ])(
    "attests all the same where none %s, and is not released to for Secure Boot",
    async (_, bytes) => {
      const { claims, ask } = await attest("one", 0, "tpm", bytes);
      expect(claims).toMatchObject({ "x-ms-attestation-type": "tpm", aikValidated: true });
      expect(Object.keys(claims).filter((name) => /secure|boot/i.test(name))).toEqual([]);
      expect(await ask()).toBe("granted");
      expect(await ask(secureBoot)).toBe("denied PolicyDenied");
    },
  );

  it("has Azure's claims in its token where it is an Azure machine", async () => {
    const path = attesting.installation.tpms[1]?.socketPath ?? "";
    await provisionParavisor(connectTpm({ kind: "socket", path }), (attestationKey) =>
      makeHclReport({
        ...{ kind: "snp", vmId: "VM-LOG", attestationKey },
        hardware: (reportData) => signedReport({ reportData }),
      }),
    );
    const { claims } = await attest("two", 1, "azure", log);
    expect(claims).toMatchObject({
      ...{ secureboot: true, "x-ms-azurevm-ostype": "Linux" },
      "x-ms-azurevm-debuggersdisabled": true,
      "x-ms-azurevm-attested-pcrs": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13],
    });
  });

  it("has the log's claims in its token where it is a trust domain, while the log is its own", async () => {
    const own = encodeEventLog(linuxDomain(), ["sha384"]);
    await using tsmFiles = await makeFakeConfigfs({
      provider: "tdx_guest",
      answer: (reportData) => mintTdQuote(intel, { reportData, log: own }),
    });
    const path = join(folder, "ccel");
    const answers = [];
    for (const bytes of [own, encodeEventLog(linuxDomain(0), ["sha384"])]) {
      await writeFile(path, bytes);
      await using node = await makeCollectingNode(attesting, services, "three", {
        environment: {
          ...{ STRONGROOM_EVIDENCE: "tsm", STRONGROOM_TSM_PATH: tsmFiles.root },
          STRONGROOM_TD_EVENT_LOG: path,
        },
        tsmFiles,
      });
      const session = await node.attest();
      const { secureboot } = decodeJwt(session.token);
      answers.push([secureboot, await release.byPolicy("three", session, [secureBoot])]);
    }
    expect(answers).toEqual([
      [true, "granted"],
      [undefined, "denied PolicyDenied"],
    ]);
  });

  it("has the log of a trust domain whose quote a provider made", async () => {
    const own = encodeEventLog(linuxDomain(), ["sha384"]);
    await using provider = await startFakeProvider((binding) => ({
      tdxQuote: mintTdQuote(intel, { reportData: reportDataOf(binding), log: own }),
    }));
    const path = join(folder, "provider-ccel");
    await writeFile(path, own);
    await using node = await makeCollectingNode(attesting, services, "four", {
      environment: {
        ...{ STRONGROOM_EVIDENCE: "provider", STRONGROOM_EVIDENCE_SOCKET: provider.path },
        STRONGROOM_TD_EVENT_LOG: path,
      },
    });
    const { token } = await node.attest();
    expect(decodeJwt(token)).toMatchObject({ "x-ms-attestation-type": "tdxvm", secureboot: true });
    expect(provider.asked).toHaveLength(1);
  });
});
