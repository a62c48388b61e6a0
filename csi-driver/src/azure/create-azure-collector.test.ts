// SPDX-License-Identifier: Apache-2.0
import type { KeyObject } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "@jest/globals";
import { snpHardware, verifyAzureVtpm } from "@strongroom/attestation";
import { silentLog } from "@strongroom/core";
import {
  createAmdVendor,
  hasSwtpm,
  makeAmdReport,
  makeHclReport,
  makeTdReport,
  startSwtpm,
} from "@strongroom/testing";
import { noEventLog } from "../event-log/event-log-source.ts";
import { connectTpm } from "../tpm/connect-tpm.ts";
import { readNvIndex } from "../tpm/nv-memory.ts";
import { provisionParavisor } from "./__fixtures__/paravisor.ts";
import { azureHandle, createAzureCollector } from "./create-azure-collector.ts";
import { requestTdQuote } from "./request-td-quote.ts";

const withSwtpm = hasSwtpm() ? describe : describe.skip;
const binding = new Uint8Array(32).fill(0xb1);
const { signal } = new AbortController();
const vendor = createAmdVendor("Milan");
const snp = (attestationKey: KeyObject) =>
  makeHclReport({
    ...{ kind: "snp", attestationKey, requestVersion: 2 },
    hardware: (reportData) => vendor.sign(makeAmdReport(vendor, { reportData })),
  });
const tdx = (attestationKey: KeyObject) =>
  makeHclReport({ kind: "tdx", attestationKey, hardware: makeTdReport });

async function startImds(answer: { readonly status?: number; readonly body: string }) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    request.setEncoding("utf8").on("data", (text) => asked.push(`${request.url} ${text}`));
    request.on("end", () => response.writeHead(answer.status ?? 200).end(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...{ asked, url: `http://127.0.0.1:${port}` },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

withSwtpm("an Azure confidential machine", () => {
  it("gives a chain from the hardware to a quote that is bound to what was asked for", async () => {
    await using swtpm = await startSwtpm();
    const transport = connectTpm({ kind: "socket", path: swtpm.socketPath });
    await provisionParavisor(transport, snp);
    const deps = {
      transport,
      log: silentLog,
      eventLog: noEventLog,
      pcrs: [0, 7],
      metadataUrl: "http://127.0.0.1:1",
    };
    const { evidence } = await createAzureCollector(deps).collect(binding, signal);
    if (evidence.kind !== "AzureGuest") {
      throw new Error(evidence.kind);
    }
    const { ark, ask, asvk } = vendor.fingerprints;
    const root = { name: "test", class: "software", product: "Milan" } as const;
    const trust = {
      roots: [{ ...root, ark, ask: [ask], asvk: [asvk] }],
      revocation: "if-given",
    } as const;
    const endorsements = { certificates: [vendor.leaf(), vendor.ask, vendor.ark], crls: [] };
    const hardware = snpHardware(endorsements, trust, new Date("2026-06-01T00:00:00Z"));
    const verdict = verifyAzureVtpm({ ...evidence, pcrs: { sha256: evidence.pcrs } }, hardware, {
      ...{ extraData: binding, userData: "unbound", requiredPcrs: { sha256: [0, 7] } },
    });
    expect(verdict).toMatchObject({ kind: "verified", claims: { binding: "bound" } });
    const written = await transport.use((channel) => readNvIndex(channel, azureHandle.userData));
    expect([...written]).toEqual([...binding, ...new Uint8Array(32)]);
    expect(await createAzureCollector(deps).collect(binding, signal)).toHaveProperty("evidence");
  });

  it("has a TDREPORT quoted by the metadata service", async () => {
    await using swtpm = await startSwtpm();
    const transport = connectTpm({ kind: "socket", path: swtpm.socketPath });
    await provisionParavisor(transport, tdx);
    await using imds = await startImds({ body: JSON.stringify({ quote: "BAUG" }) });
    const deps = {
      transport,
      log: silentLog,
      eventLog: noEventLog,
      pcrs: [0],
      metadataUrl: imds.url,
    };
    const { evidence } = await createAzureCollector(deps).collect(binding, signal);
    expect(evidence).toMatchObject({ kind: "AzureGuest", tdQuote: Uint8Array.of(4, 5, 6) });
    const [path = "", body = ""] = (imds.asked[0] ?? "").split(" ");
    expect(path).toBe("/acc/tdquote");
    expect(Buffer.from(JSON.parse(body).report, "base64url").length).toBe(1024);
  });

  it("is none where the paravisor left no report", async () => {
    await using swtpm = await startSwtpm();
    const transport = connectTpm({ kind: "socket", path: swtpm.socketPath });
    const deps = {
      transport,
      log: silentLog,
      eventLog: noEventLog,
      pcrs: [0],
      metadataUrl: "http://127.0.0.1:1",
    };
    await expect(createAzureCollector(deps).collect(binding, signal)).rejects.toMatchObject({
      code: "TpmFailed",
    });
  });
});

describe("the metadata service that quotes", () => {
  it.each([
    ["503", { status: 503, body: "" }, "TeeUnavailable"],
    ["429", { status: 429, body: "" }, "TeeUnavailable"],
    ["400", { status: 400, body: '{"quote":"BAUG"}' }, "TeeFailed"],
    ["no JSON", { body: "<html>" }, "TeeFailed"],
    ["no quote", { body: "{}" }, "TeeFailed"],
    ["a quote that is no base64url", { body: '{"quote":"$$"}' }, "TeeFailed"],
    ["more than a quote", { body: "x".repeat(140_000) }, "TeeUnavailable"],
  ])("answers %s", async (_, answer, code) => {
    await using imds = await startImds(answer);
    await expect(requestTdQuote(imds.url, new Uint8Array(1024), signal)).rejects.toMatchObject({
      code,
    });
  });

  it("is asked on this machine's own link alone", async () => {
    const asked = requestTdQuote("http://192.0.2.1", new Uint8Array(1024), signal);
    await expect(asked).rejects.toMatchObject({ code: "BadParameter" });
  });
});
