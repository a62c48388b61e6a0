// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:tls";
import { describe, expect, it } from "@jest/globals";
import { type CertificateRequest, issueCertificate } from "./certificate.ts";
import type { SignMessage } from "./signing-key.ts";

function keyPair() {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { privateKey, spki: new Uint8Array(publicKey.export({ type: "spki", format: "der" })) };
}

const signWith =
  (key: KeyObject): SignMessage =>
  async (message) =>
    new Uint8Array(sign("sha256", message, { key, dsaEncoding: "ieee-p1363" }));

const at = (days: number) => new Date(Date.UTC(2026, 0, 1 + days));

describe("certificates", () => {
  it("make a chain that TLS verifies for the named host only", async () => {
    const ca = keyPair();
    const leaf = keyPair();
    const now = Date.now();
    const base = {
      issuer: "test ca",
      issuerPublicKey: ca.spki,
      notBefore: new Date(now - 60_000),
      notAfter: new Date(now + 3_600_000),
    };
    const request = (rest: Pick<CertificateRequest, "subject" | "publicKey" | "profile">) =>
      issueCertificate({ ...base, ...rest }, signWith(ca.privateKey));
    const root = await request({ subject: "test ca", publicKey: ca.spki, profile: { kind: "ca" } });
    const server = await request({
      subject: "vault.example.svc",
      publicKey: leaf.spki,
      profile: { kind: "server", hosts: ["vault.example.svc"] },
    });
    expect(root.ca).toBe(true);
    expect(server.ca).toBe(false);
    expect(server.verify(root.publicKey)).toBe(true);
    expect(server.checkIssued(root)).toBe(true);
    expect(server.checkHost("vault.example.svc")).toBe("vault.example.svc");

    const listener = createServer({
      key: leaf.privateKey.export({ type: "pkcs8", format: "pem" }),
      cert: server.toString(),
    }).listen(0, "127.0.0.1");
    await once(listener, "listening");
    const { port } = listener.address() as AddressInfo;
    const good = connect({
      port,
      host: "127.0.0.1",
      servername: "vault.example.svc",
      ca: root.toString(),
    });
    await once(good, "secureConnect");
    expect(good.authorized).toBe(true);
    good.destroy();
    const bad = connect({
      port,
      host: "127.0.0.1",
      servername: "other.example.svc",
      ca: root.toString(),
    });
    const [error] = await once(bad, "error");
    expect(error).toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
    listener.close();
  });

  it("carry the validity that was asked for", async () => {
    const ca = keyPair();
    const certificate = await issueCertificate(
      {
        subject: "signer",
        issuer: "root",
        publicKey: ca.spki,
        issuerPublicKey: ca.spki,
        notBefore: at(0),
        notAfter: at(30),
        profile: { kind: "signer" },
      },
      signWith(ca.privateKey),
    );
    expect(new Date(certificate.validFrom)).toEqual(at(0));
    expect(new Date(certificate.validTo)).toEqual(at(30));
    expect(certificate.keyUsage).toBeUndefined();
  });
});
