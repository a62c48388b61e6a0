// SPDX-License-Identifier: Apache-2.0
/** Bundles in PEM: every form of key, any order of certificates, and what their certificate says. */

import { createPrivateKey } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { hex, useBundles } from "./__fixtures__/bundles.ts";
import { readBundle } from "./certificate-bundle.ts";
import { readCertificate } from "./certificate-fields.ts";

describe("bundles in PEM that OpenSSL made", () => {
  const { text, readText, folder, chain, leaf, leafPem } = useBundles();

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
    await folder().run(...args, "-in", "leaf.key", "-out", "other.key");
    const pem = `${await text("chain.pem")}${await text("other.key")}Bag Attributes\n${await text("leaf.pem")}`;
    const bundle = await readText(pem, password);
    expect(bundle.certificates.map(hex)).toEqual(chain().map(hex));
    expect(bundle.key.equals(createPrivateKey(leafPem()))).toBe(true);
  });

  it("keep their order where that is asked for", async () => {
    const pem = `${leafPem()}${await text("chain.pem")}${await text("leaf.pem")}`;
    const bundle = await readBundle({
      form: "pem",
      bytes: Buffer.from(pem),
      password: "",
      order: "given",
    });
    expect(bundle.certificates.map(hex)).toEqual(chain().toReversed().map(hex));
    expect(hex(bundle.leaf.der)).toBe(hex(leaf()));
  });

  it("are read from PEM with an elliptic curve's key of SEC 1", async () => {
    for (const curve of ["prime256v1", "secp384r1", "secp521r1", "secp256k1"]) {
      await folder().run("ecparam", "-name", curve, "-genkey", "-out", "ec.key");
      await folder().run("req", "-x509", "-key", "ec.key", "-out", "ec.pem", "-subj", "/CN=ec");
      const bundle = await readText((await text("ec.key")) + (await text("ec.pem")));
      expect(bundle.leaf.subjectText).toBe("CN=ec");
    }
  });

  it("need one key, and its certificate", async () => {
    const refused = { code: "BadParameter" };
    await expect(readText(await text("leaf.pem"))).rejects.toMatchObject(refused);
    await expect(readText(leafPem() + (await text("root.pem")))).rejects.toMatchObject(refused);
    await expect(readText(leafPem() + leafPem() + (await text("leaf.pem")))).rejects.toMatchObject(
      refused,
    );
    await expect(readText("nothing")).rejects.toMatchObject(refused);
  });

  it("are put in order by who signed, where two CAs have one name", async () => {
    const mine = await text("issuing.pem");
    await folder().run(
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
    const pem = `${leafPem()}${await text("twin.pem")}${mine}${await text("leaf.pem")}`;
    const bundle = await readText(pem);
    expect(bundle.certificates.slice(0, 2).map(hex)).toEqual(chain().slice(0, 2).map(hex));
  });

  it("say what their certificate says", () => {
    const fields = readCertificate(leaf());
    expect(fields).toMatchObject({ subjectText: "CN=leaf", keyUsage: [], extendedKeyUsage: [] });
    expect(fields.alternativeNames.dnsNames).toEqual(["a.example"]);
    expect(Math.round((fields.notAfter.getTime() - fields.notBefore.getTime()) / 86_400_000)).toBe(
      30,
    );
  });
});
