// SPDX-License-Identifier: Apache-2.0
import { createHash, type KeyObject } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "@jest/globals";
import {
  objectAttribute,
  parseTpmPublic,
  snpHardware,
  tpm2b,
  tpmAlgorithm,
  tpmPublicKey,
  u16be,
  verifyAzureVtpm,
} from "@strongroom/attestation";
import { concatBytes, silentLog, u32be, utf8 } from "@strongroom/core";
import { createAmdVendor, hasSwtpm, makeAmdReport, startSwtpm } from "@strongroom/testing";
import { persistKey } from "../tpm/__fixtures__/raw-commands.ts";
import { connectTpm } from "../tpm/connect-tpm.ts";
import { readNvIndex, writeNvIndex } from "../tpm/nv-memory.ts";
import { readPublic } from "../tpm/tpm-keys.ts";
import type { TpmTransport } from "../tpm/tpm-transport.ts";
import { azureHandle, createAzureCollector } from "./create-azure-collector.ts";
import { requestTdQuote } from "./request-td-quote.ts";

const withSwtpm = hasSwtpm() ? describe : describe.skip;
const binding = new Uint8Array(32).fill(0xb1);
const { signal } = new AbortController();
const vendor = createAmdVendor("Milan");
const { fixedTpm, fixedParent, sensitiveDataOrigin, userWithAuth, restricted, sign } =
  objectAttribute;

/** As the paravisor makes its key: restricted RSA-2048, RSASSA with SHA-256. */
const hclAkTemplate = concatBytes(
  ...[u16be(tpmAlgorithm.rsa), u16be(tpmAlgorithm.sha256)],
  u32be(fixedTpm | fixedParent | sensitiveDataOrigin | userWithAuth | restricted | sign),
  tpm2b(new Uint8Array()),
  ...[u16be(tpmAlgorithm.null), u16be(tpmAlgorithm.rsassa), u16be(tpmAlgorithm.sha256)],
  ...[u16be(2048), u32be(0), tpm2b(new Uint8Array(256))],
);

/** The paravisor's report about a key, under the test vendor's chip. Kind 2 is SNP, 4 is TDX. */
function hclReport(key: KeyObject, kind: 2 | 4): Uint8Array {
  const { n, e } = key.export({ format: "jwk" });
  const keys = [{ kid: "HCLAkPub", key_ops: ["sign"], kty: "RSA", e, n }];
  const json = utf8(JSON.stringify({ keys, "vm-configuration": { vmUniqueId: "VM-1" } }));
  const reportData = new Uint8Array(64);
  reportData.set(createHash("sha256").update(json).digest());
  const bytes = new Uint8Array(1236 + json.length + 20);
  const view = new DataView(bytes.buffer);
  const words = { 0: 0x414c4348, 4: 2, 1224: kind, 1228: 1, 1232: json.length };
  bytes.set(
    kind === 2 ? vendor.sign(makeAmdReport(vendor, { reportData })) : tdReport(reportData),
    32,
  );
  for (const [at, word] of Object.entries(words)) {
    view.setUint32(Number(at), word, true);
  }
  bytes.set(json, 1236);
  return bytes;
}

function tdReport(reportData: Uint8Array): Uint8Array {
  const report = new Uint8Array(1024).fill(0x7d);
  report.set(reportData, 128);
  return report;
}

/** Provisions a software TPM as the paravisor does. */
async function provision(transport: TpmTransport, kind: 2 | 4): Promise<void> {
  await transport.use(async (channel) => {
    await persistKey(channel, hclAkTemplate, azureHandle.attestationKey);
    const { publicArea } = await readPublic(channel, azureHandle.attestationKey);
    const report = hclReport(tpmPublicKey(parseTpmPublic(publicArea)), kind);
    await writeNvIndex(channel, azureHandle.report, report);
  });
}

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
    await provision(transport, 2);
    const deps = { transport, log: silentLog, pcrs: [0, 7], metadataUrl: "http://127.0.0.1:1" };
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
    await provision(transport, 4);
    await using imds = await startImds({ body: JSON.stringify({ quote: "BAUG" }) });
    const deps = { transport, log: silentLog, pcrs: [0], metadataUrl: imds.url };
    const { evidence } = await createAzureCollector(deps).collect(binding, signal);
    expect(evidence).toMatchObject({ kind: "AzureGuest", tdQuote: Uint8Array.of(4, 5, 6) });
    const [path = "", body = ""] = (imds.asked[0] ?? "").split(" ");
    expect(path).toBe("/acc/tdquote");
    expect(Buffer.from(JSON.parse(body).report, "base64url").length).toBe(1024);
  });

  it("is none where the paravisor left no report", async () => {
    await using swtpm = await startSwtpm();
    const transport = connectTpm({ kind: "socket", path: swtpm.socketPath });
    const deps = { transport, log: silentLog, pcrs: [0], metadataUrl: "http://127.0.0.1:1" };
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
