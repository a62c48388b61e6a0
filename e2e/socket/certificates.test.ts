// SPDX-License-Identifier: Apache-2.0
/** Certificates from end to end: the vault's own CA, keys in the HSM, and what else happens to the three faces. */

import { createHash, verify as verifySignature, X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:tls";
import type { CertificatePolicy } from "@azure/keyvault-certificates";
import { CryptographyClient, KeyClient } from "@azure/keyvault-keys";
import { describe, expect, it } from "@jest/globals";
import { refusalOf } from "./contract/contract.ts";
import { byCa, useCertificates } from "./fixtures/certificates.ts";

describe("certificates", () => {
  const { vaults, folder, certificates, secrets, make, get, roots, verify, blocks } =
    useCertificates();

  it("of the vault's own CA serve TLS to whoever trusts its root", async () => {
    await make("web", byCa);
    const pem = (await secrets().getSecret("web")).value ?? "";
    const chain = blocks(pem, "CERTIFICATE");
    const trusted = await roots();
    expect([chain.length, trusted.length]).toEqual([2, 1]);
    expect(await verify(chain.join("\n"), trusted)).toContain("OK");
    const server = createServer({
      key: blocks(pem, "PRIVATE KEY").join(""),
      cert: chain.join("\n"),
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const socket = connect({ port, host: "127.0.0.1", servername: "web.team-a.svc", ca: trusted });
    await once(socket, "secureConnect");
    expect(socket.authorized).toBe(true);
    socket.destroy();
    server.close();
  });

  it("of one vault's CA are not trusted under another's root, nor under the infrastructure's", async () => {
    await make("web", byCa);
    await certificates("other").createIssuer("internal", "Strongroom");
    await make("web", byCa, "other");
    const pem = (await secrets().getSecret("web")).value ?? "";
    const chain = blocks(pem, "CERTIFICATE").join("\n");
    expect(await verify(chain, await roots("other"))).toMatch(/unable to get/);
    expect(await verify(chain, [vaults().installation.ca()])).toMatch(/unable to get/);
  });

  it("are issued by the vault's CA below its domains alone", async () => {
    for (const names of [{ dnsNames: ["web.team-b.svc"] }, { ipAddresses: ["10.0.0.1"] }]) {
      const policy = { ...byCa, subject: "CN=web", subjectAlternativeNames: names };
      // The client's types want names of every kind.
      const typed = policy as unknown as CertificatePolicy;
      expect(await refusalOf(() => make("outside", typed))).toBe("400 BadParameter");
    }
    expect(await refusalOf(() => certificates().getCertificate("outside"))).toBe(
      "404 CertificateNotFound",
    );
  });

  it.each([
    ["EC-HSM", { keyCurveName: "P-256" }],
    ["EC-HSM", { keyCurveName: "P-384" }],
    ["EC-HSM", { keyCurveName: "P-521" }],
    ["RSA-HSM", { keySize: 2048 }],
    ["RSA", { keySize: 3072 }],
    ["EC", { keyCurveName: "P-256K" }],
  ])(
    "with keys of %s %j are self-signed, and a key in the HSM stays there",
    async (keyType, kind) => {
      const name = `self-${keyType}-${Object.values(kind)[0]}`;
      const policy = { issuerName: "Self", subject: "CN=self.example", keyType, ...kind };
      const made = await make(name, { ...policy, contentType: "application/x-pem-file" });
      const pem = new X509Certificate(made.cer ?? new Uint8Array()).toString();
      expect(await verify(pem, [pem])).toContain("OK");
      const secret = (await secrets().getSecret(name)).value ?? "";
      expect(blocks(secret, "CERTIFICATE")).toHaveLength(1);
      expect(blocks(secret, "PRIVATE KEY")).toHaveLength(keyType.endsWith("-HSM") ? 0 : 1);
      expect(made.policy?.exportable).toBe(!keyType.endsWith("-HSM"));
    },
  );

  it("leave their key behind where the policy does not let it out", async () => {
    const policy = { issuerName: "Self", subject: "CN=kept", exportable: false } as const;
    await make("kept-key", policy);
    const value = (await secrets().getSecret("kept-key")).value ?? "";
    await folder().write("kept.pfx", Buffer.from(value, "base64"));
    const opened = await folder().run("pkcs12", "-in", "kept.pfx", "-passin", "pass:", "-nodes");
    expect(blocks(opened, "CERTIFICATE")).toHaveLength(1);
    expect(blocks(opened, "PRIVATE KEY")).toHaveLength(0);
  });

  it("come as PEM where a PFX is kept, when somebody asks for that", async () => {
    await make("turned", { issuerName: "Self", subject: "CN=turned" });
    const path = "/secrets/turned?api-version=2025-07-01&outContentType=application/x-pem-file";
    const { body } = await get(path);
    expect(body.contentType).toBe("application/x-pem-file");
    expect([
      blocks(body.value, "PRIVATE KEY").length,
      blocks(body.value, "CERTIFICATE").length,
    ]).toEqual([1, 1]);
  });

  it("are governed as a whole by a policy over any of their faces", async () => {
    const uid = (await get("/strongroom/v1/vault")).body.uid;
    for (const kind of ["certificates", "secrets", "keys"] as const) {
      const name = `governed-${kind}`;
      await make(name, { issuerName: "Self", subject: "CN=g" });
      await vaults().installation.manage((client) =>
        client.putPolicy(uid, name, {
          ...{ epoch: 0, generation: 1, owner: { uid: "o" }, immutable: false },
          selector: { kinds: [kind], names: [name] },
          policy: {
            version: "1.0.0",
            anyOf: [{ authority: "https://a.example", allOf: [{ claim: "x", equals: "y" }] }],
          },
        }),
      );
      const { status, body } = await get(`/secrets/${name}?api-version=7.5`);
      expect([status, body.error.innererror.code]).toEqual([403, "ReleaseRequired"]);
    }
  });

  it("have keys that sign like any other, and change through the certificate alone", async () => {
    const { credential, options } = vaults().argumentsOf("officer");
    const keys = new KeyClient(vaults().argumentsOf("officer").url, credential, options);
    const digest = createHash("sha256").update("message").digest();
    for (const keyType of ["EC", "EC-HSM"]) {
      const name = `signing-${keyType}`;
      const made = await make(name, {
        issuerName: "Self",
        subject: "CN=s",
        keyType,
        keyCurveName: "P-256",
      });
      const client = new CryptographyClient(made.keyId ?? "", credential, options);
      const { result } = await client.sign("ES256", digest);
      const key = {
        key: new X509Certificate(made.cer ?? new Uint8Array()).publicKey,
        dsaEncoding: "ieee-p1363",
      } as const;
      expect(verifySignature("sha256", Buffer.from("message"), key, result)).toBe(true);
      expect((await keys.getKey(name)).keyOperations).toEqual(["sign", "verify"]);
      const forbidden = "403 Forbidden";
      expect(await refusalOf(() => keys.updateKeyProperties(name, { enabled: false }))).toBe(
        forbidden,
      );
      expect(await refusalOf(() => keys.rotateKey(name))).toBe(forbidden);
      expect(await refusalOf(() => keys.createKey(name, "EC"))).toBe(forbidden);
      await certificates().updateCertificateProperties(name, "", { enabled: false });
      expect(await refusalOf(() => client.sign("ES256", digest))).toBe(forbidden);
    }
  });

  it("are restored into another vault with a key in the HSM that signs there", async () => {
    await make("moved", {
      issuerName: "Self",
      subject: "CN=m",
      keyType: "EC-HSM",
      keyCurveName: "P-256",
    });
    const backup = (await certificates().backupCertificate("moved")) ?? new Uint8Array();
    const restored = await certificates("other").restoreCertificateBackup(backup);
    const { credential, options } = vaults().argumentsOf("officer", "other");
    const client = new CryptographyClient(restored.keyId ?? "", credential, options);
    const digest = createHash("sha256").update("message").digest();
    const { result } = await client.sign("ES256", digest);
    const certificate = new X509Certificate(restored.cer ?? new Uint8Array());
    const key = { key: certificate.publicKey, dsaEncoding: "ieee-p1363" } as const;
    expect(verifySignature("sha256", Buffer.from("message"), key, result)).toBe(true);
  });
});
