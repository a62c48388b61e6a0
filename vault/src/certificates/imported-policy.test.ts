// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type OpensslFolder, openssl } from "../x509/__fixtures__/openssl.ts";
import { type BundleSource, readBundle } from "../x509/certificate-bundle.ts";
import { readCertificate } from "../x509/certificate-fields.ts";
import { objectIdentifier, sequence, setOf, utf8String } from "../x509/der.ts";
import { signCertificate } from "../x509/issue-certificate.ts";
import { keySigner } from "../x509/key-signer.ts";
import { importedPolicy } from "./imported-policy.ts";

describe("the policy of an imported certificate", () => {
  let folder: OpensslFolder;
  beforeAll(async () => {
    folder = await openssl();
  });
  afterAll(async () => await folder[Symbol.asyncDispose]());

  const imported = async (subject: string, ...more: string[]) => {
    const args = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-nodes", "-days", "365"];
    await folder.run(
      ...["req", "-x509", ...args, "-keyout", "a.key", "-out", "a.pem", "-subj", subject, ...more],
    );
    const bytes = Buffer.concat([await folder.read("a.key"), await folder.read("a.pem")]);
    const source: BundleSource = { form: "pem", bytes, password: "", order: "chain" };
    return importedPolicy(
      await readBundle(source),
      { policy: undefined, source, name: "object" },
      0,
    );
  };

  it("says what the certificate says", async () => {
    const names = "subjectAltName=DNS:a.example,IP:10.0.0.1";
    const uses = "keyUsage=digitalSignature,keyAgreement";
    const policy = await imported("/CN=a", "-addext", names, "-addext", uses);
    expect(policy).toMatchObject({
      key_props: { kty: "EC", crv: "P-384", key_size: 384, exportable: true },
      secret_props: { contentType: "application/x-pem-file" },
      x509_props: {
        ...{ subject: "CN=a", ekus: [], key_usage: ["digitalSignature", "keyAgreement"] },
        ...{ validity_months: 12 },
        sans: { dns_names: ["a.example"], ipAddresses: ["10.0.0.1"] },
      },
      issuer: { name: "Unknown" },
    });
  });

  it("has the object's name where the certificate's is none that a new one could have", async () => {
    // RFC 5280 bounds an organization's name to 64 characters; real certificates do not.
    const organization = sequence(objectIdentifier("2.5.4.10"), utf8String("x".repeat(100)));
    const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    const signer = keySigner(key);
    const source = { form: "pem", bytes: new Uint8Array(), password: "", order: "chain" } as const;
    for (const subject of [sequence(setOf(organization)), sequence()]) {
      const [notBefore, notAfter] = [new Date(0), new Date(86_400_000)];
      const content = { subject, issuer: subject, publicKey: signer.publicKey, extensions: [] };
      const certificate = await signCertificate({ ...content, notBefore, notAfter }, signer);
      const leaf = readCertificate(new Uint8Array(certificate.raw));
      const bundle = { key, leaf, certificates: [leaf.der] };
      const policy = importedPolicy(bundle, { policy: undefined, source, name: "object" }, 0);
      expect(policy.x509_props.subject).toBe("CN=object");
    }
  });
});
