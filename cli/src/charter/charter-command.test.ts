// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { inProcess } from "../__fixtures__/in-process.ts";
import { makeTestFolder, type TestFolder } from "../__fixtures__/strongroom.ts";

const strongroom = (...args: readonly string[]) => inProcess("charter", ...args);

const root = "ab".repeat(32);

describe("strongroom charter", () => {
  let folder: TestFolder;
  const file = (name: string) => folder.path(name);

  beforeAll(async () => {
    folder = await makeTestFolder();
    for (const name of ["anna", "bert", "cleo"]) {
      const { publicKey, privateKey } =
        name === "cleo"
          ? generateKeyPairSync("ed25519")
          : generateKeyPairSync("ec", { namedCurve: "P-256" });
      await writeFile(file(`${name}.pub`), publicKey.export({ format: "pem", type: "spki" }));
      await writeFile(file(`${name}.key`), privateKey.export({ format: "pem", type: "pkcs8" }));
    }
  });
  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  const draft = async (name: string, ...args: readonly string[]) => {
    const { code, stdout, stderr } = await strongroom("init", ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    await writeFile(file(name), stdout);
    return JSON.parse(stdout);
  };
  const first = async (name: string) =>
    await draft(
      name,
      ...["--vault", "vault-uid", "--issuer", "https://strongroom.test", "--root", root],
      ...["--signer", file("anna.pub"), "--signer", file("bert.pub"), "--threshold", "2"],
    );
  const sign = async (name: string, who: string) =>
    await strongroom("sign", file(name), "--key", file(`${who}.key`));

  it("is good once as many have signed the file as it says, and not before", async () => {
    await first("a.json");
    expect(await strongroom("verify", file("a.json"))).toMatchObject({
      code: 1,
      stdout: "refused: signed by 0 of the signers, 2 are needed\n",
    });
    expect((await sign("a.json", "anna")).code).toBe(0);
    expect((await strongroom("verify", file("a.json"))).code).toBe(1);
    expect((await sign("a.json", "bert")).code).toBe(0);
    const { code, stdout } = await strongroom("verify", file("a.json"), "-o", "json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ verified: true, vault: "vault-uid", serial: 1 });
    expect(JSON.parse(stdout).signedBy).toHaveLength(2);
    expect((await strongroom("verify", file("a.json"), "-o", "yaml")).code).toBe(2);
    expect((await strongroom("show", file("a.json"), "-o", "yaml")).code).toBe(64);
  });

  it("takes one signer's second signature in place of the first", async () => {
    await first("twice.json");
    await sign("twice.json", "anna");
    await sign("twice.json", "anna");
    const { signatures } = JSON.parse(await readFile(file("twice.json"), "utf8"));
    expect(signatures).toHaveLength(1);
  });

  it("is signed into another file, or the mistake is told", async () => {
    await first("into.json");
    const into = async (out: string) =>
      await strongroom("sign", file("into.json"), "--key", file("anna.key"), "--out", file(out));
    expect((await into("signed.json")).code).toBe(0);
    expect(JSON.parse(await readFile(file("signed.json"), "utf8")).signatures).toHaveLength(1);
    expect(JSON.parse(await readFile(file("into.json"), "utf8")).signatures).toBeUndefined();
    expect(await into("no/folder.json")).toEqual({
      ...{ code: 64, stdout: "" },
      stderr: `strongroom: error: ${file("no/folder.json")} cannot be written (ENOENT)\n`,
    });
  });

  it("is followed by one that the signers before it have signed, with a higher serial", async () => {
    await first("b1.json");
    await sign("b1.json", "anna");
    await sign("b1.json", "bert");
    const next = await draft(
      "b2.json",
      ...["--after", file("b1.json"), "--signer", file("cleo.pub"), "--threshold", "1"],
    );
    expect(next).toMatchObject({ serial: 2, vault: "vault-uid", signers: { threshold: 1 } });
    await sign("b2.json", "cleo");
    const verify = async () =>
      await strongroom("verify", file("b2.json"), "--after", file("b1.json"));
    expect(await verify()).toMatchObject({
      code: 1,
      stdout: "refused: signed by 0 of the signers, 2 are needed\n",
    });
    await sign("b2.json", "anna");
    await sign("b2.json", "bert");
    expect((await verify()).code).toBe(0);
    expect(await strongroom("verify", file("b1.json"), "--after", file("b1.json"))).toMatchObject({
      code: 1,
      stdout: "refused: the serial is not above 1\n",
    });
    expect(
      (await strongroom("verify", file("b2.json"), "--at", "2200-01-01T00:00:00Z")).stdout,
    ).toContain("refused: ");
  });

  it("shows what is in it, and gives it back to be edited", async () => {
    const content = await first("c.json");
    await sign("c.json", "anna");
    const { stdout } = await strongroom("show", file("c.json"));
    expect(stdout).toContain("signers    2 of 2\n");
    expect(stdout.match(/signature there/g)).toHaveLength(1);
    expect(stdout).toContain("warning: the charter governs no object");
    const [machines] = content.authorities;
    const more = { floors: { svn: 8 }, references: { "m\u009b": ["aa"] }, tiers: ["tee"] };
    const full = { ...content, authorities: [{ ...machines, ...more }] };
    await writeFile(file("full.json"), JSON.stringify(full));
    const lines = (await strongroom("show", file("full.json"))).stdout;
    expect(lines).toContain(`    root ${root}\n    "tiers" in ["tee"]\n`);
    expect(lines).toContain('    "svn" at least 8\n');
    expect(lines).toContain('    "m\\u009b" in ["aa"]\n');
    const json = await strongroom("show", file("c.json"), "-o", "json");
    expect(JSON.parse(json.stdout)).toEqual(content);
  });

  it("makes orders, and signs them as such", async () => {
    const order = ["order", "--vault", "vault-uid", "--action", "purge", "--object", "secrets/db"];
    const { stdout } = await strongroom(...order);
    await writeFile(file("order.json"), stdout);
    const { code, stderr } = await sign("order.json", "anna");
    expect(code).toBe(0);
    expect(stderr).toContain("strongroom-order+jws");
    const shown = await strongroom("show", file("order.json"));
    expect(shown.stdout).toContain("vault      vault-uid\norder      purge secrets/db\n");
    expect(shown.stdout).toMatch(/\nsignatures "[\w-]{43}"\n$/);
    expect((await strongroom("verify", file("order.json"))).code).toBe(2);
  });

  it("signs nothing that a vault would not understand, and says where it is wrong", async () => {
    const content = await first("d.json");
    await writeFile(file("d.json"), JSON.stringify({ ...content, policies: [{ name: "p" }] }));
    expect(await sign("d.json", "anna")).toMatchObject({ code: 64 });
    expect((await sign("d.json", "anna")).stderr).toContain("charter.policies.0.selector");
    expect((await strongroom("verify", file("d.json"))).code).toBe(2);
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
    await writeFile(file("rsa.key"), rsa.privateKey.export({ format: "pem", type: "pkcs8" }));
    await first("e.json");
    expect((await sign("e.json", "rsa")).stderr).toContain("no key of P-256, P-384 or Ed25519");
    expect((await sign("e.json", "nobody")).stderr).toContain("cannot read");
  });
});
