// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type OpensslFolder, openssl } from "./__fixtures__/openssl.ts";
import { type BundleSource, readBundle } from "./certificate-bundle.ts";
import { readCertificate } from "./certificate-fields.ts";
import { writePfx } from "./write-pfx.ts";

describe("bundles that OpenSSL made", () => {
  let folder: OpensslFolder;
  let root: Uint8Array;
  let issuing: Uint8Array;
  let leaf: Uint8Array;
  let leafPem: string;
  const text = async (file: string) => Buffer.from(await folder.read(file)).toString();

  beforeAll(async () => {
    folder = await openssl();
    const rsa = ["-newkey", "rsa:2048", "-nodes"];
    await folder.run(
      "req",
      "-x509",
      ...rsa,
      "-keyout",
      "root.key",
      "-out",
      "root.pem",
      "-subj",
      "/CN=root",
    );
    await folder.write("ca.ext", "basicConstraints=critical,CA:true\n");
    await issue("issuing", "root", "ca.ext");
    await folder.write("leaf.ext", "subjectAltName=DNS:a.example\n");
    await issue("leaf", "issuing", "leaf.ext");
    [root, issuing, leaf] = (await Promise.all(["root", "issuing", "leaf"].map(der))) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    leafPem = await text("leaf.key");
    // Out of order, as people put them together.
    await folder.write("chain.pem", (await text("root.pem")) + (await text("issuing.pem")));
  });
  afterAll(async () => await folder[Symbol.asyncDispose]());

  async function issue(name: string, issuer: string, ext: string) {
    await folder.run(
      "req",
      "-new",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.csr`,
      "-subj",
      `/CN=${name}`,
    );
    await folder.run(
      "x509",
      "-req",
      "-in",
      `${name}.csr`,
      "-CA",
      `${issuer}.pem`,
      "-CAkey",
      `${issuer}.key`,
      "-CAcreateserial",
      "-extfile",
      ext,
      "-out",
      `${name}.pem`,
    );
  }
  async function der(name: string) {
    await folder.run("x509", "-in", `${name}.pem`, "-outform", "DER", "-out", `${name}.der`);
    return await folder.read(`${name}.der`);
  }
  async function exportPfx(password: string, ...args: string[]) {
    await folder.run(
      "pkcs12",
      "-export",
      "-inkey",
      "leaf.key",
      "-in",
      "leaf.pem",
      "-certfile",
      "chain.pem",
      "-passout",
      `pass:${password}`,
      "-out",
      "out.pfx",
      ...args,
    );
    return await folder.read("out.pfx");
  }
  const read = (form: BundleSource["form"], bytes: Uint8Array, password: string) =>
    readBundle({ form, bytes, password, order: "chain" });
  const readText = (pem: string, password = "") => read("pem", Buffer.from(pem), password);

  it.each([
    ["as it makes them now", []],
    ["with -legacy: RC2 and Triple DES", ["-legacy"]],
    [
      "with Triple DES and SHA-1",
      ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"],
    ],
    [
      "with two-key Triple DES and 128-bit RC2",
      ["-legacy", "-keypbe", "PBE-SHA1-2DES", "-certpbe", "PBE-SHA1-RC2-128"],
    ],
    [
      "with AES-128 and a SHA-512 MAC",
      ["-keypbe", "AES-128-CBC", "-certpbe", "AES-128-CBC", "-macalg", "sha512"],
    ],
    ["without encryption", ["-keypbe", "NONE", "-certpbe", "NONE"]],
    ["without a MAC", ["-nomac"]],
  ])("are read %s", async (_, args) => {
    for (const password of ["päss 🔑", ""]) {
      const bundle = await read("pfx", await exportPfx(password, ...args), password);
      expect(bundle.certificates.map(hex)).toEqual([leaf, issuing, root].map(hex));
      expect(bundle.key.equals(createPrivateKey(leafPem))).toBe(true);
    }
  });

  it("are refused with a wrong password, and when a byte was changed", async () => {
    const bytes = await exportPfx("right");
    await expect(read("pfx", bytes, "wrong")).rejects.toMatchObject({ code: "BadParameter" });
    const changed = bytes.map((byte, index) => (index === bytes.length >> 1 ? byte ^ 1 : byte));
    await expect(read("pfx", changed, "right")).rejects.toMatchObject({ code: "BadParameter" });
  });

  it("are refused when they ask for more hashing than is reasonable", async () => {
    const before = performance.now();
    const bytes = await exportPfx("x", "-keypbe", "AES-256-CBC", "-iter", "3000000", "-nomac");
    const made = performance.now();
    await expect(read("pfx", bytes, "x")).rejects.toMatchObject({ code: "BadParameter" });
    expect(performance.now() - made).toBeLessThan((made - before) / 2);
  });

  it.each([
    ["PKCS#8", ["pkcs8", "-topk8", "-nocrypt"], ""],
    ["encrypted PKCS#8", ["pkcs8", "-topk8", "-passout", "pass:pw"], "pw"],
    [
      "PKCS#8 encrypted as PKCS#12 does",
      ["pkcs8", "-topk8", "-v1", "PBE-SHA1-3DES", "-passout", "pass:pw"],
      "pw",
    ],
    ["PKCS#1", ["rsa", "-traditional"], ""],
    ["encrypted PKCS#1", ["rsa", "-traditional", "-aes128", "-passout", "pass:pw"], "pw"],
  ])("are read from PEM with a %s key", async (_, args, password) => {
    await folder.run(...args, "-in", "leaf.key", "-out", "other.key");
    const pem = `${await text("chain.pem")}${await text("other.key")}Bag Attributes\n${await text("leaf.pem")}`;
    const bundle = await readText(pem, password);
    expect(bundle.certificates.map(hex)).toEqual([leaf, issuing, root].map(hex));
    expect(bundle.key.equals(createPrivateKey(leafPem))).toBe(true);
  });

  it("keep their order where that is asked for", async () => {
    const pem = `${leafPem}${await text("chain.pem")}${await text("leaf.pem")}`;
    const bundle = await readBundle({
      form: "pem",
      bytes: Buffer.from(pem),
      password: "",
      order: "given",
    });
    expect(bundle.certificates.map(hex)).toEqual([root, issuing, leaf].map(hex));
    expect(hex(bundle.leaf.der)).toBe(hex(leaf));
  });

  it("are read from PEM with an elliptic curve's key of SEC 1", async () => {
    for (const curve of ["prime256v1", "secp384r1", "secp521r1", "secp256k1"]) {
      await folder.run("ecparam", "-name", curve, "-genkey", "-out", "ec.key");
      await folder.run("req", "-x509", "-key", "ec.key", "-out", "ec.pem", "-subj", "/CN=ec");
      const bundle = await readText((await text("ec.key")) + (await text("ec.pem")));
      expect(bundle.leaf.subjectText).toBe("CN=ec");
    }
  });

  it("need one key, and its certificate", async () => {
    const refused = { code: "BadParameter" };
    await expect(readText(await text("leaf.pem"))).rejects.toMatchObject(refused);
    await expect(readText(leafPem + (await text("root.pem")))).rejects.toMatchObject(refused);
    await expect(readText(leafPem + leafPem + (await text("leaf.pem")))).rejects.toMatchObject(
      refused,
    );
    await expect(readText("nothing")).rejects.toMatchObject(refused);
  });

  it("refuse what is no structure of theirs without falling over it", async () => {
    const deep = new Uint8Array(200_000).fill(0x30);
    const endless = new Uint8Array([0x30, 0x80, 0x30, 0x80]);
    for (const bytes of [
      new Uint8Array(),
      deep,
      endless,
      new Uint8Array([0x30, 0x84, 0xff, 0xff, 0xff, 0xff]),
      leaf,
    ]) {
      await expect(read("pfx", bytes, "")).rejects.toMatchObject({ code: "BadParameter" });
    }
    const whole = await exportPfx("", "-nomac");
    for (let length = 0; length < whole.length; length += 37) {
      await expect(read("pfx", whole.subarray(0, length), "")).rejects.toMatchObject({
        code: "BadParameter",
      });
    }
  });

  it("are written so that OpenSSL reads them, with an empty password", async () => {
    const key = new Uint8Array(createPrivateKey(leafPem).export({ type: "pkcs8", format: "der" }));
    await folder.write("ours.pfx", await writePfx({ key, certificates: [leaf, issuing, root] }));
    const opened = await folder.run(
      "pkcs12",
      "-in",
      "ours.pfx",
      "-passin",
      "pass:",
      "-nodes",
      "-info",
    );
    expect(opened.match(/BEGIN CERTIFICATE/g)).toHaveLength(3);
    expect(opened).toContain("MAC: sha256, Iteration 2048");
    const again = await readText(opened);
    expect(again.certificates.map(hex)).toEqual([leaf, issuing, root].map(hex));
    expect(again.key.equals(createPrivateKey(leafPem))).toBe(true);
    await folder.write("bare.pfx", await writePfx({ key: undefined, certificates: [leaf] }));
    const bare = await folder.run("pkcs12", "-in", "bare.pfx", "-passin", "pass:", "-nodes");
    expect([bare.includes("PRIVATE KEY"), bare.includes("BEGIN CERTIFICATE")]).toEqual([
      false,
      true,
    ]);
  });

  it("are put in order by who signed, where two CAs have one name", async () => {
    const mine = await text("issuing.pem");
    await folder.run(
      ...[
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "twin.key",
        "-out",
        "twin.pem",
      ],
      ...["-subj", "/CN=issuing"],
    );
    const pem = `${leafPem}${await text("twin.pem")}${mine}${await text("leaf.pem")}`;
    const bundle = await readText(pem);
    expect(bundle.certificates.slice(0, 2).map(hex)).toEqual([leaf, issuing].map(hex));
  });

  it("say what their certificate says", () => {
    const fields = readCertificate(leaf);
    expect(fields).toMatchObject({ subjectText: "CN=leaf", keyUsage: [], extendedKeyUsage: [] });
    expect(fields.alternativeNames.dnsNames).toEqual(["a.example"]);
    expect(Math.round((fields.notAfter.getTime() - fields.notBefore.getTime()) / 86_400_000)).toBe(
      30,
    );
  });
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
