// SPDX-License-Identifier: Apache-2.0
import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type IntelEvidence, mintIntelEvidence, pemOf } from "@strongroom/testing";
import { makeTestFolder, strongroom, type TestFolder } from "../__fixtures__/strongroom.ts";

describe("strongroom attestation", () => {
  let folder: TestFolder;
  beforeAll(async () => {
    folder = await makeTestFolder();
    const write = async (name: string, { quote, endorsements, pki }: IntelEvidence) => {
      await writeFile(folder.path(`${name}.bin`), quote);
      await writeFile(folder.path(`${name}.hex`), Buffer.from(quote).toString("hex"));
      await writeFile(folder.path(`${name}.json`), endorsements);
      await writeFile(folder.path(`${name}.pem`), pemOf("CERTIFICATE", pki.root.der));
    };
    await write("td", mintIntelEvidence());
    const signed = (bytes: Buffer) => bytes.writeUInt8(0x07, 48 + 48);
    await write("debug", mintIntelEvidence({ kind: "sgx3", quote: { signed } }));
    const migratable = (bytes: Buffer) => bytes.writeUInt8(0x30, 54 + 123);
    await write("migratable", mintIntelEvidence({ quote: { signed: migratable } }));
    const service = (bytes: Buffer) => bytes.fill(0xaa, 54 + 600, 54 + 648);
    await write("service", mintIntelEvidence({ quote: { signed: service } }));
    const { quote } = mintIntelEvidence();
    await writeFile(folder.path("headed.bin"), Buffer.concat([Buffer.alloc(16, 1), quote]));
  });
  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });
  const verify = async (type: string, name: string, ...args: readonly string[]) => {
    const [stem = ""] = name.split(".");
    const files = ["--evidence", folder.path(name), "--endorsements", folder.path(`${stem}.json`)];
    const options = ["--type", type, ...files, "--at", "2026-06-01T00:00:00Z", ...args];
    const { code, stdout } = await strongroom("attestation", "verify", ...options);
    return { code, answer: stdout === "" ? undefined : JSON.parse(stdout) };
  };
  const ours = (name: string) => ["--trust-root", folder.path(`${name}.pem`)];

  it.each(["td.bin", "td.hex"])("answers claims for %s, and what nobody checked", async (name) => {
    expect(await verify("tdx", name, ...ours("td"), "-o", "json")).toMatchObject({
      code: 0,
      answer: {
        verified: true,
        claims: { "x-ms-attestation-type": "tdxvm", "x-strongroom-class": "software" },
        findings: ["binding-unchecked"],
      },
    });
  });

  it("checks what the evidence is bound to", async () => {
    const bound = ["--report-data", "d0".repeat(64)];
    expect((await verify("tdx", "td.bin", ...ours("td"), ...bound)).answer.findings).toEqual([]);
    expect(await verify("tdx", "td.bin", ...ours("td"), "--nonce", "d0")).toMatchObject({
      ...{ code: 1, answer: { verified: false, refusal: "binding-mismatch" } },
    });
  });

  it("trusts the vendor's own root where no other is named", async () => {
    expect(await verify("tdx", "td.bin")).toMatchObject({
      ...{ code: 1, answer: { verified: false, refusal: "untrusted-chain" } },
    });
  });

  it("refuses debug evidence unless it is allowed, and says then that it is", async () => {
    expect(await verify("sgx", "debug.bin", ...ours("debug"))).toMatchObject({
      ...{ code: 1, answer: { verified: false, refusal: "policy-denied" } },
    });
    expect(await verify("sgx", "debug.bin", ...ours("debug"), "--allow-debug")).toMatchObject({
      ...{ code: 0, answer: { findings: ["binding-unchecked", "debug"] } },
    });
  });

  it("refuses a td that another may move, and says when a service td is bound to one", async () => {
    expect(await verify("tdx", "migratable.bin", ...ours("migratable"))).toMatchObject({
      ...{ code: 1, answer: { verified: false, refusal: "policy-denied" } },
    });
    expect(await verify("tdx", "service.bin", ...ours("service"))).toMatchObject({
      ...{ code: 0, answer: { findings: ["binding-unchecked", "service-td-bound"] } },
    });
  });

  it("finds a quote behind a header of others", async () => {
    const shown = await strongroom("attestation", "show", "--evidence", folder.path("headed.bin"));
    expect(shown.stdout).toMatch(/^unverified +tdx quote, version 5\n/);
  });

  it("refuses evidence that is none, or of another kind, as malformed", async () => {
    for (const [type, name] of [
      ["tdx", "td.pem"],
      ["sgx", "td.bin"],
    ] as const) {
      expect(await verify(type, name, ...ours("td"))).toMatchObject({
        ...{ code: 1, answer: { verified: false, refusal: "malformed" } },
      });
    }
  });

  it.each<readonly string[]>([
    ["--nonce", "xyz"],
    ["--nonce", "00".repeat(65)],
    ["--nonce", "00", "--report-data", "00"],
    ["--at", "yesterday"],
    ["--type", "other"],
    ["--trust-root", "/nonexistent"],
  ])("ends with 2 and no answer on unusable input: %s %s", async (...args) => {
    expect(await verify("tdx", "td.bin", ...args)).toEqual({ code: 2, answer: undefined });
  });

  it("shows a quote to a person, as unverified", async () => {
    const show = ["attestation", "show", "--evidence"];
    const { code, stdout } = await strongroom(...show, folder.path("td.hex"));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^unverified +tdx quote, version 5\n/);
    expect(stdout).toContain(`mrTd              ${"77".repeat(48)}\n`);
    expect((await strongroom(...show, folder.path("td.pem"))).code).toBe(2);
  });
});
