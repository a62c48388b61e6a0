// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import {
  basicConstraints,
  issuerNamed,
  mintCertificate,
  purpose,
} from "../__fixtures__/certificates.ts";
import { caUsage } from "../__fixtures__/ek-chain.ts";
import { part } from "../__fixtures__/jwt-attempts.ts";
import { parseCertificate } from "../x509/certificate.ts";
import { certifiedKey } from "./certified-key.ts";

const at = new Date("2026-06-01T00:00:00Z");
const root = issuerNamed("root");
const ca = issuerNamed("ca");
const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const authority = [basicConstraints(true), caUsage];

/** A certificate that the CA signs for the issuer's key. */
const issue = (changes: Partial<Parameters<typeof mintCertificate>[0]> = {}) =>
  mintCertificate({
    ...{ subject: "issuer", publicKey, issuer: ca, extensions: [basicConstraints(false)] },
    ...changes,
  });
const rootDer = mintCertificate({ ...root, issuer: root, extensions: authority });
const caDer = mintCertificate({
  ...{ subject: ca.subject, publicKey: ca.publicKey, issuer: root },
  // Google's CA of Confidential Space has this purpose alone.
  extensions: [...authority, purpose("2.23.133.8.1")],
});

const token = (x5c: unknown, header: object = { kid: "k" }) =>
  [...[{ alg: "ES256", ...header, x5c }, {}].map((one) => part(JSON.stringify(one))), "AA"].join(
    ".",
  );
const base64 = (...ders: readonly Uint8Array[]) =>
  ders.map((der) => Buffer.from(der).toString("base64"));
const find = (x5c: unknown, roots = [parseCertificate(rootDer)], instant = at) =>
  certifiedKey(token(x5c), roots, instant);

describe("the key of a token with its issuer's certificates", () => {
  it("is that of the first, under the token's name for it, where they lead to a root", () => {
    const found = find(base64(issue(), caDer, rootDer));
    expect(found).toEqual({ kid: "k", alg: undefined, key: publicKey });
    expect(find(base64(issue(), caDer))).toEqual(found);
    const nameless = certifiedKey(
      token(base64(issue(), caDer), {}),
      [parseCertificate(rootDer)],
      at,
    );
    expect(nameless).toMatchObject({ kid: undefined });
    const forCode = issue({ extensions: [basicConstraints(false), purpose("1.3.6.1.5.5.7.3.3")] });
    expect(find(base64(forCode, caDer))).toEqual(found);
  });

  it("is not looked for in a token without certificates", () => {
    expect(find(undefined)).toBeUndefined();
  });

  it.each<[string, string, unknown]>([
    ["of others than lead to the root", "untrusted-chain", base64(issue())],
    ["of a CA itself", "untrusted-chain", base64(caDer)],
    ["of the root itself", "untrusted-chain", base64(rootDer)],
    [
      "signed by somebody of the CA's name",
      "untrusted-chain",
      base64(issue({ issuer: issuerNamed("ca") }), caDer),
    ],
    ["signed by SHA-1", "untrusted-chain", base64(issue({ hash: "sha1" }), caDer)],
    ["past its time", "expired", base64(issue({ notAfter: at }), caDer)],
    ["in none", "malformed", []],
    ["in what is no list", "malformed", "AA"],
    ["in numbers", "malformed", [1]],
    ["in what is no certificate", "malformed", ["AA"]],
  ])("is refused %s: %s", (_, refusal, x5c) => {
    const later = new Date(at.getTime() + (refusal === "expired" ? 1000 : 0));
    expect(find(x5c, undefined, later)).toMatchObject({ kind: "refused", class: refusal });
  });

  it("is refused under a root that came with it and that nobody named", () => {
    const stranger = issuerNamed("root");
    const own = { ...stranger, issuer: stranger, extensions: authority };
    const others = [parseCertificate(mintCertificate(own))];
    expect(find(base64(issue(), caDer, rootDer), others)).toMatchObject({
      class: "untrusted-chain",
    });
    expect(find(base64(issue(), caDer, rootDer), [])).toMatchObject({ class: "untrusted-chain" });
  });

  it("is refused of a token that is none", () => {
    expect(certifiedKey("a.b", [], at)).toMatchObject({ class: "malformed" });
  });
});
