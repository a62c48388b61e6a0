// SPDX-License-Identifier: Apache-2.0
/** Receipts of earlier releases: made again from the audit log, also after a restart, and verified without a vault. */

import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { routes } from "@strongroom/api";
import { inProcess } from "../../cli/src/__fixtures__/in-process.ts";
import { hostOf, installationHost } from "./fixtures/names.ts";
import { auditor } from "./fixtures/oidc-issuer.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import {
  payloadOf,
  type ReleasingVault,
  releasingVault,
  startReleasingVault,
} from "./fixtures/releasing-vault.ts";

const object = "secrets/open-secret";

describe("a receipt of an earlier release", () => {
  let vault: ReleasingVault;
  /** What came with the first release. */
  let first: string;
  /** `LOG/INDEX` of a batch. */
  let batch: string;
  const file = (name: string) => join(vault.installation.folders.root, name);
  const placeOf = (receipt: string) => {
    const { head, proof } = payloadOf(receipt);
    return `${head.log}/${proof.index}`;
  };
  const run = async (host: string, ...args: readonly string[]) =>
    await inProcess(
      ...[...args, "--url", `https://${host}`],
      ...["--connect", `127.0.0.1:${vault.installation.vault.port}`],
      ...["--ca", vault.installation.folders.caFile, "--token-file", file("bearer")],
    );
  const receipt = (...args: readonly string[]) => run(hostOf(releasingVault), "receipt", ...args);
  const signIn = async (subject: string) =>
    await writeFile(file("bearer"), await vault.installation.oidc.token(subject));
  const keepHead = async (name: string) => {
    await signIn(auditor);
    const { stdout } = await run(installationHost, "audit", "head");
    await writeFile(file(name), stdout);
    return JSON.parse(stdout) as { readonly size: number };
  };
  /** Verifies offline; exit code and verdict. */
  const verify = async (text: string, ...args: readonly string[]) => {
    await writeFile(file("receipt"), text);
    const root = ["--trust-root", vault.installation.folders.releaseRootFile];
    const all = ["receipt", "verify", "--receipt", file("receipt"), ...root, ...args];
    const { code, stdout } = await inProcess(...all);
    return { code, verdict: stdout === "" ? undefined : JSON.parse(stdout) };
  };

  beforeAll(async () => {
    vault = await startReleasingVault();
    await vault.govern({ name: "all", kinds: ["secrets"], names: ["open*"] });
    await vault.call("PUT", `/${object}`, { value: "value" });
    const { headers } = await vault.release(`/${object}`);
    first = String(headers["x-strongroom-receipt"]);
    const items = [
      { kind: "secrets", name: "OPEN-secret" },
      { kind: "secrets", name: "none" },
    ];
    const { body } = await vault.call("POST", routes.release, {
      ...{ target: await vault.maa.token(), items },
    });
    batch = `${body.head.log}/${body.proof.index}`;
  });
  afterAll(async () => {
    await vault[Symbol.asyncDispose]();
  });

  it("says what the first one said, under a head that is younger", async () => {
    await signIn("officer");
    const { code, stdout } = await receipt("get", `${placeOf(first)}/${object}`);
    expect(code).toBe(0);
    const { iat, head, proof, ...facts } = payloadOf(stdout);
    const was = payloadOf(first);
    expect(was).toMatchObject(facts);
    expect([facts.released, facts.operation]).toEqual([was.iat, "SecretRelease"]);
    expect(head.size).toBeGreaterThan(was.head.size);
    expect([proof.index, proof.leafHash]).toEqual([was.proof.index, was.proof.leafHash]);
  });

  it("is verified against a head that an auditor kept, and by the key that signs heads", async () => {
    await keepHead("head.json");
    const { stdout } = await receipt(
      "get",
      `${placeOf(first)}/${object}`,
      "--head",
      file("head.json"),
    );
    const good = await verify(stdout, "--head", file("head.json"));
    expect(good).toMatchObject({ code: 0, verdict: { verified: true } });
    expect(good.verdict.receipt.identity.subject).toBe("officer");
    const { body } = await vault.installation.send({
      ...{ serverName: installationHost, method: "GET", path: routes.auditLogs },
      token: await vault.installation.oidc.token(auditor),
    });
    const der = Buffer.from(body.headKey, "base64url").toString("base64");
    const pem = `-----BEGIN PUBLIC KEY-----\n${der}\n-----END PUBLIC KEY-----\n`;
    await writeFile(file("head.pem"), pem);
    expect((await verify(first, "--head-key", file("head.pem"))).code).toBe(0);
  });

  it("is refused altered, of another log, and by a head that does not contain it; what is no receipt is of no use", async () => {
    const kept = JSON.parse(readFileSync(file("head.json"), "utf8"));
    const { stdout } = await receipt(
      "get",
      `${placeOf(first)}/${object}`,
      "--head",
      file("head.json"),
    );
    const altered = stdout.replace(/^([^.]+\.[^.]{40})./, (all, start: string) =>
      all.endsWith("A") ? `${start}B` : `${start}A`,
    );
    const head = ["--head", file("head.json")];
    expect(await verify(altered, ...head)).toMatchObject({ code: 1, verdict: { verified: false } });
    for (const [change, reason] of [
      [{ log: "0".repeat(32) }, "of the receipt's log"],
      [{ size: payloadOf(first).proof.index }, "older than the release"],
      [{ root: "0".repeat(64) }, "is another"],
      [{ size: kept.size + 1 }, "get the receipt for that head"],
    ] as const) {
      await writeFile(file("other.json"), JSON.stringify({ ...kept, ...change }));
      const { code, verdict } = await verify(stdout, "--head", file("other.json"));
      expect([code, verdict.reason]).toEqual([1, expect.stringContaining(reason)]);
    }
    expect((await verify("none", ...head)).code).toBe(2);
    expect((await verify(stdout)).code).toBe(2);
  });

  it("is there of each object of a batch that was granted", async () => {
    await signIn("officer");
    const { stdout } = await receipt("get", `${batch}/${object}`);
    const said = payloadOf(stdout);
    const { policies, evidence, identity } = payloadOf(first);
    expect(said).toMatchObject({ policies, identity, evidence: expect.any(String) });
    expect(said.evidence).not.toBe(evidence);
    expect(said.object).toMatch(
      new RegExp(`^https://${hostOf(releasingVault)}/${object}/[0-9a-f]{32}$`, "i"),
    );
    expect((await receipt("get", `${batch}/secrets/none`)).code).not.toBe(0);
  });

  it("is for who made the release and for auditors, and is not there for anybody else", async () => {
    const officer = { issuer: vault.installation.oidc.issuer, subject: "officer" };
    const colleague = { ...officer, subject: "colleague" };
    const role = { role: "Key Vault Administrator", scope: "*" } as const;
    await vault.installation.putVault({
      ...{ name: releasingVault, uid: vault.uid },
      spec: {
        roleAssignments: [{ ...role, principals: [{ oidc: officer }, { oidc: colleague }] }],
      },
    });
    const [log = "", index = ""] = placeOf(first).split("/");
    const path = routes.receipt({ log, index, kind: "secrets", name: "open-secret" });
    for (const subject of ["colleague", "nobody"]) {
      const ask = () => vault.call("GET", path, undefined, subject);
      await expectRefused(vault.installation.folders.storeFile, ask, {
        ...{ code: "NotFound", operation: "ReceiptGet" },
      });
    }
    const listAs = async (subject: string) => {
      await signIn(subject);
      const { code, stdout } = await receipt("list", object);
      return { code, entries: stdout.split("\n").filter((line) => line !== "") };
    };
    expect(await listAs("colleague")).toEqual({ code: 0, entries: [] });
    expect((await listAs("nobody")).code).not.toBe(0);
    expect((await listAs(auditor)).entries.length).toBe(2);
  });

  it("is there after a restart, under a head of its closed log, and is listed newest first", async () => {
    await vault.installation.vault.stop("SIGKILL");
    await vault.installation.vault.start();
    expect((await vault.release(`/${object}`)).status).toBe(200);
    await signIn("officer");
    const { stdout, stderr } = await receipt("list", object);
    expect(stderr).toBe("");
    const entries = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const places = entries.map(({ log, index }) => `${log}/${index}`);
    expect(places.slice(1)).toEqual([batch, placeOf(first)]);
    expect(entries[0].log).not.toBe(entries[1].log);
    const again = await receipt("get", `${placeOf(first)}/${object}`);
    expect(again.code).toBe(0);
    expect((await verify(again.stdout, "--head-key", file("head.pem"))).code).toBe(0);
    await keepHead("new.json");
    expect((await verify(again.stdout, "--head", file("new.json"))).code).toBe(1);
  });
});
