// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { calculateJwkThumbprint, compactDecrypt } from "jose";
import { parse, stringify } from "yaml";
import {
  makeTestFolder,
  strongroom,
  strongroomWithInput,
  type TestFolder,
} from "../__fixtures__/strongroom.ts";

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 3_072 });
const value = "correct horse";

describe("strongroom seal", () => {
  let folder: TestFolder;
  let kid: string;
  beforeAll(async () => {
    folder = await makeTestFolder();
    const { n, e } = publicKey.export({ format: "jwk" });
    kid = await calculateJwkThumbprint({ kty: "RSA", n: n ?? "", e: e ?? "" });
    const sealingKey = { kty: "RSA", n, e, alg: "RSA-OAEP-256", use: "enc", kid };
    const metadata = { name: "shop", namespace: "team" };
    const vault = (status: object) => ({ kind: "SecretVault", metadata, status });
    const write = (name: string, text: string) => writeFile(folder.path(name), text);
    await write("vault.json", JSON.stringify(vault({ uid: "vault-uid", sealingKey })));
    await write("vault.yaml", stringify(vault({ uid: "vault-uid", sealingKey })));
    await write("new.yaml", stringify(vault({ uid: "vault-uid" })));
    await write(
      "other-key.yaml",
      stringify(vault({ uid: "u", sealingKey: { ...sealingKey, kid: "a" } })),
    );
    await write("config-map.yaml", stringify({ kind: "ConfigMap", metadata }));
  });
  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });
  const seal = (...args: readonly string[]) =>
    strongroomWithInput(value, "seal", "--name", "db-password", ...args);

  it.each(["vault.json", "vault.yaml"])(
    "binds the value to vault, namespace, name and serial (%s)",
    async (file) => {
      const { code, stdout, stderr } = await seal("--vault", folder.path(file), "--serial", "7");
      expect([code, stderr]).toEqual([0, ""]);
      const { plaintext, protectedHeader } = await compactDecrypt(stdout.trim(), privateKey);
      expect(Buffer.from(plaintext).toString()).toBe(value);
      expect(protectedHeader).toEqual({
        ...{ alg: "RSA-OAEP-256", enc: "A256GCM", typ: "strongroom-sealed+jwe", kid },
        ...{ vault: "vault-uid", namespace: "team", name: "db-password", serial: 7 },
      });
    },
  );

  it("counts serials by the time unless one is given", async () => {
    const before = Math.floor(Date.now() / 1_000);
    const { stdout } = await seal("--vault", folder.path("vault.yaml"));
    const { protectedHeader } = await compactDecrypt(stdout.trim(), privateKey);
    expect(protectedHeader["serial"]).toBeGreaterThanOrEqual(before);
  });

  it("prints a resource that can be applied as it is", async () => {
    const { stdout } = await seal("--vault", folder.path("vault.yaml"), "--output", "manifest");
    const { spec, ...rest } = parse(stdout);
    expect(rest).toEqual({
      ...{ apiVersion: "strongroom.io/v1alpha1", kind: "VaultSecret" },
      metadata: { name: "db-password", namespace: "team" },
    });
    expect(Buffer.from((await compactDecrypt(spec.sealed, privateKey)).plaintext).toString()).toBe(
      value,
    );
  });

  it.each([
    [["--vault", "new.yaml"], 66, "the vault has no sealing key yet"],
    [["--vault", "config-map.yaml"], 64, "holds no SecretVault"],
    [["--vault", "missing.yaml"], 64, "cannot be read (ENOENT)"],
    [["--vault", "other-key.yaml"], 64, "is not the one that it names"],
    [["--vault", "vault.yaml", "--serial", "0"], 64, "--serial is a whole number above zero"],
    [["--vault", "vault.yaml", "--output", "xml"], 64, "--output is jwe or manifest"],
    [[], 64, "name the vault by --vault"],
  ])("refuses %j", async (args, code, message) => {
    const paths = args.map((arg) => (arg.endsWith(".yaml") ? folder.path(arg) : arg));
    const finished = await seal(...paths);
    expect([finished.code, finished.stdout]).toEqual([code, ""]);
    expect(finished.stderr).toContain(message);
    expect(finished.stderr).not.toContain(value);
  });

  it("refuses nothing as a value, more than a secret holds, and a name that is none", async () => {
    const vault = ["--vault", folder.path("vault.yaml")];
    const named = (input: string, name: string) =>
      strongroomWithInput(input, "seal", "--name", name, ...vault);
    expect((await named("", "a")).stderr).toContain("there is no value on standard input");
    expect((await named("x".repeat(25_601), "a")).stderr).toContain("at most 25600 bytes");
    expect((await named("x".repeat(25_600), "a")).code).toBe(0);
    expect((await named(value, "a/b")).stderr).toContain('"a/b" is no name of a secret');
    expect((await strongroom("seal")).code).toBe(64);
  });
});
