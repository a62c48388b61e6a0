// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { testVault } from "../../objects/__fixtures__/object-store.ts";
import { type OpensslFolder, openssl } from "../../x509/__fixtures__/openssl.ts";
import { encodeDistinguishedName } from "../../x509/distinguished-name.ts";
import { basicConstraints, keyUsage, subjectAltName } from "../../x509/extensions.ts";
import type { AlternativeNames } from "../../x509/general-names.ts";
import { signCertificate } from "../../x509/issue-certificate.ts";
import { keySigner } from "../../x509/key-signer.ts";
import { toPem } from "../../x509/read-pem.ts";
import { policyOf } from "../policy-of.ts";
import { softwareHsm } from "./__fixtures__/software-hsm.ts";
import { checkDomains } from "./domain-rules.ts";
import { makeIssuing, makeRoot, type OpenAuthority, openAuthority } from "./make-authority.ts";

const at = new Date();
const vault = { ...testVault, domains: ["team.svc", "example.net"] };
const none: AlternativeNames = { emails: [], dnsNames: [], upns: [], uris: [], ipAddresses: [] };

describe("a vault's CA", () => {
  let folder: OpensslFolder;
  let issuing: OpenAuthority;
  let root: OpenAuthority;
  const leafKey: KeyObject = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

  beforeAll(async () => {
    folder = await openssl();
    const hsm = softwareHsm();
    const making = { hsm, vault, at };
    root = openAuthority(hsm, vault, await makeRoot(making));
    issuing = openAuthority(hsm, vault, await makeIssuing(making, root));
    await folder.write("root.pem", toPem(root.certificate));
    await folder.write("issuing.pem", toPem(issuing.certificate));
  });
  afterAll(async () => await folder[Symbol.asyncDispose]());

  /** What OpenSSL says of a certificate that the CA's key signed, whatever the vault's own rules are. */
  async function verdict(subject: string, names: Partial<AlternativeNames>, asCa = false) {
    const certificate = await signCertificate(
      {
        subject: encodeDistinguishedName(subject),
        issuer: issuing.subject,
        publicKey: keySigner(leafKey).publicKey,
        notBefore: at,
        notAfter: new Date(at.getTime() + 3_600_000),
        extensions: [
          asCa ? basicConstraints(0) : basicConstraints(),
          keyUsage(["digitalSignature"]),
          subjectAltName({ ...none, ...names }, "named"),
        ],
      },
      issuing.signer,
    );
    await folder.write("leaf.pem", certificate.toString());
    return await folder
      .run("verify", "-CAfile", "root.pem", "-untrusted", "issuing.pem", "leaf.pem")
      .catch((error: Error) => error.message);
  }

  it.each([
    ["CN=a", { dnsNames: ["team.svc", "a.team.svc", "*.b.team.svc", "x.example.net"] }],
    ["CN=a.team.svc", { dnsNames: [], uris: ["spiffe://team.svc/a", "https://a.example.net/x"] }],
    ["CN=a", { emails: ["a@team.svc", "b@c.example.net"] }],
  ])("issues below its vault's domains: %s %j", async (subject, names) => {
    expect(await verdict(subject, names)).toContain("leaf.pem: OK");
  });

  it.each([
    ["CN=a", { dnsNames: ["a.other.svc"] }],
    ["CN=a", { dnsNames: ["notteam.svc"] }],
    ["CN=a", { dnsNames: ["svc"] }],
    ["CN=a.other.example", {}],
    ["CN=a", { emails: ["a@other.example"] }],
    ["CN=a", { uris: ["spiffe://other.example/a"] }],
    ["CN=a", { ipAddresses: ["10.0.0.1"] }],
    ["CN=a", { ipAddresses: ["2001:db8::1"] }],
  ])("is not believed outside of them: %s %j", async (subject, names) => {
    const anyName = Object.keys(names).length === 0 ? { uris: ["https://team.svc/"] } : names;
    expect(await verdict(subject, anyName)).toMatch(
      /permitted subtree violation|excluded subtree violation/,
    );
    const { dnsNames, ...others } = { ...none, ...names };
    const sans = {
      ...others,
      emails: [...others.emails],
      uris: [...others.uris],
      upns: [],
      ipAddresses: [...others.ipAddresses],
      dns_names: [...dnsNames],
    };
    const policy = policyOf({ issuer: { name: "ca" }, x509_props: { subject, sans } }, 0);
    expect(() => checkDomains(policy, vault.domains)).toThrow(
      expect.objectContaining({ code: "BadParameter" }),
    );
  });

  it("certifies no further CA", async () => {
    expect(await verdict("CN=a", { dnsNames: ["a.team.svc"] }, true)).toContain("OK");
    const policy = policyOf(
      { issuer: { name: "ca" }, x509_props: { subject: "CN=a", key_usage: ["keyCertSign"] } },
      0,
    );
    expect(() => checkDomains(policy, vault.domains)).toThrow();
    const shown = await folder.run("x509", "-in", "issuing.pem", "-noout", "-text");
    expect(shown).toMatch(/CA:TRUE, pathlen:0/);
    expect(shown).toMatch(/Name Constraints: critical/);
  });

  it("has another name each time, and a root of its own", async () => {
    const again = await makeIssuing({ hsm: softwareHsm(), vault, at }, root);
    const other = openAuthority(softwareHsm(), vault, again);
    expect(Buffer.from(other.subject).equals(Buffer.from(issuing.subject))).toBe(false);
    expect(await folder.run("verify", "-CAfile", "root.pem", "root.pem")).toContain("OK");
  });
});
