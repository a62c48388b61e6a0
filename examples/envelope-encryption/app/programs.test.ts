// SPDX-License-Identifier: Apache-2.0
/** Writer and reader as programs, with a key pair in the place of the vault. */

import { spawnSync } from "node:child_process";
import { constants, generateKeyPairSync, privateDecrypt } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

const kid = `https://archive.envelope.svc/keys/records/${"0".repeat(32)}`;
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const { n, e } = publicKey.export({ format: "jwk" });
const key = { kid, kty: "RSA-HSM", key_ops: ["secureWrapKey", "secureUnwrapKey"], n, e };

/** As Node sees a pod with little memory: it collects before memory runs out, however busy the machine is. */
const smallPod = ["--max-old-space-size=64"];

describe("the programs of the example", () => {
  let folder: string;
  const at = (name: string) => join(folder, name);
  const run = (program: string, args: readonly string[], input?: Uint8Array) =>
    spawnSync(process.execPath, [...smallPod, join(import.meta.dirname, program), ...args], {
      ...(input && { input }),
      maxBuffer: 1_048_576,
    });
  const text = (output: Buffer) => output.toString().trim();
  /** What the vault does for an attested node, and the node plugin for a pod. */
  const unwrap = (attribute: string) => {
    const value = Buffer.from(attribute.split(":").at(-1) ?? "", "base64url");
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    return privateDecrypt({ key: privateKey, padding, oaepHash: "sha256" }, value);
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "envelope-"));
    writeFileSync(at("key.json"), JSON.stringify({ key }));
    writeFileSync(at("one"), "the first");
    writeFileSync(at("two"), Buffer.alloc(100_000, 2));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("encrypt several files under one data key, and decrypt each with what is unwrapped", () => {
    const written = run("encrypt.ts", [at("key.json"), folder, at("one"), at("two")]);
    const attribute = text(written.stdout);
    expect([written.status, text(written.stderr)]).toEqual([0, ""]);
    expect(attribute).toMatch(/^data-key=records\/0{32}:RSA-OAEP-256:[\w-]{342}$/);
    expect(text(run("data-key-of.ts", [at("two.sealed")]).stdout)).toBe(attribute);
    writeFileSync(at("data-key"), unwrap(attribute));
    const piped = run("decrypt.ts", [at("data-key"), "-", "-"], readFileSync(at("one.sealed")));
    expect([piped.status, text(piped.stdout)]).toEqual([0, "the first"]);
    const filed = run("decrypt.ts", [at("data-key"), at("two.sealed"), at("two.plain")]);
    expect([filed.status, text(filed.stderr)]).toEqual([0, ""]);
    expect(readFileSync(at("two.plain")).equals(readFileSync(at("two")))).toBe(true);
    expect(readFileSync(at("two.sealed")).includes(Buffer.alloc(16, 2))).toBe(false);
  });

  it("leave no file where one is cut, and say where", () => {
    const sealed = readFileSync(at("two.sealed"));
    writeFileSync(at("cut.sealed"), sealed.subarray(0, -1_000));
    const { status, stderr } = run("decrypt.ts", [at("data-key"), at("cut.sealed"), at("cut")]);
    expect([status, text(stderr)]).toEqual([1, expect.stringContaining("at chunk 2")]);
    expect(existsSync(at("cut"))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  it("take no key that others could unwrap by, and ask for what is missing", () => {
    const open = { key: { ...key, key_ops: ["wrapKey", "unwrapKey"] } };
    writeFileSync(at("open.json"), JSON.stringify(open));
    const refused = run("encrypt.ts", [at("open.json"), folder, at("one")]);
    expect([refused.status, text(refused.stderr)]).toEqual([
      1,
      expect.stringContaining("others could unwrap by it"),
    ]);
    expect(run("encrypt.ts", [at("key.json")]).status).toBe(2);
    expect(run("decrypt.ts", [at("data-key")]).status).toBe(2);
    expect(run("decrypt.ts", [at("none"), at("one.sealed"), at("out")]).status).toBe(1);
    expect(run("data-key-of.ts", [at("one")]).status).toBe(1);
  });

  it("say how far a large file is, in memory that does not grow with it", () => {
    const large = Buffer.alloc(160 * 1_048_576);
    writeFileSync(at("large"), large);
    const { status, stderr } = run("encrypt.ts", [at("key.json"), folder, at("large")]);
    expect(status).toBe(0);
    const [, memory] =
      /encrypting large: 160 MiB in [\d.]+ s, \d+ MiB\/s, memory (\d+) MiB/.exec(text(stderr)) ??
      [];
    expect(Number(memory)).toBeLessThan(250);
  }, 60_000);
});
