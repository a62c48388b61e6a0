// SPDX-License-Identifier: Apache-2.0
/** A root, a CA and a certificate that OpenSSL made, and bundles of them. */

import { afterAll, beforeAll } from "@jest/globals";
import { type BundleSource, readBundle } from "../certificate-bundle.ts";
import { type OpensslFolder, openssl } from "./openssl.ts";

/** Bytes in hexadecimal. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** Registers the hooks that make them; the members are there once they have run. */
export function useBundles() {
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
  return {
    ...{ text, exportPfx, read, readText },
    folder: () => folder,
    /** DER of the certificate, of its CA and of the root. */
    chain: () => [leaf, issuing, root],
    leaf: () => leaf,
    leafPem: () => leafPem,
  };
}
