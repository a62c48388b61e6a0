// SPDX-License-Identifier: Apache-2.0
/** Release of secrets and certificates, which Azure has not, by the route and envelope of its keys; and all kinds in one batch. */

import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { routes } from "@strongroom/api";
import { fromHex, sha256, toBase64url, utf8, verifyInclusion } from "@strongroom/core";
import { compactDecrypt, compactVerify, decodeProtectedHeader } from "jose";
import { hostOf } from "./fixtures/names.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import {
  payloadOf,
  policyFor,
  type ReleasingVault,
  releasingVault,
  startReleasingVault,
} from "./fixtures/releasing-vault.ts";
import { traceOf } from "./fixtures/stored.ts";

const origin = () => new RegExp(`^https://${hostOf(releasingVault)}`);

describe("the release of what is no key", () => {
  let vault: ReleasingVault;
  beforeAll(async () => {
    vault = await startReleasingVault();
    const { call } = vault;
    await vault.govern({ name: "all", kinds: ["secrets", "certificates"], names: ["open*"] });
    for (const name of ["open-secret", "free-secret"]) {
      await call("PUT", `/secrets/${name}`, {
        value: `value of ${name}`,
        contentType: "text/plain",
      });
    }
    await call("POST", "/certificates/open-web/create", {
      policy: {
        issuer: { name: "Self" },
        key_props: { kty: "EC", crv: "P-256", exportable: true, reuse_key: false },
        secret_props: { contentType: "application/x-pem-file" },
        x509_props: { subject: "CN=web", sans: { dns_names: ["web.example"] } },
      },
    });
    for (let tries = 0; tries < 100; tries += 1) {
      if ((await call("GET", "/certificates/open-web")).body.cer !== undefined) {
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const data = Buffer.from(JSON.stringify(policyFor({ claim: "x-ms-ver", equals: "1.0" })));
    const key = { kty: "EC-HSM", attributes: { exportable: true } };
    const policy = { release_policy: { data: data.toString("base64url") } };
    await call("POST", "/keys/open-key/create", { ...key, ...policy });
  }, 90_000);
  afterAll(async () => {
    await vault[Symbol.asyncDispose]();
  });

  /** Opens a JWE with the attested key: its header and content. */
  const open = async (jwe: string) => {
    const { plaintext, protectedHeader } = await compactDecrypt(jwe, vault.maa.privateKey);
    return { header: protectedHeader, content: Buffer.from(plaintext).toString() };
  };

  it("hands a governed secret, as JWE in a signed envelope, to the attested environment alone", async () => {
    const got = await vault.call("GET", "/secrets/open-secret");
    expect(got.body.error.innererror.code).toBe("ReleaseRequired");
    const { result, leaves } = await traceOf(vault.installation.folders.storeFile, () =>
      vault.release("/secrets/open-secret", { nonce: "n" }),
    );
    expect(result.status).toBe(200);
    expect(leaves[0]?.event).toMatchObject({
      operationName: "SecretRelease",
      resultType: "Success",
    });
    const { value } = result.body;
    const [leaf] = decodeProtectedHeader(value).x5c ?? [];
    const certificate = new X509Certificate(Buffer.from(leaf ?? "", "base64"));
    expect(certificate.verify(createPublicKey(vault.installation.ca()))).toBe(true);
    await compactVerify(value, certificate.publicKey);
    const { request, response } = payloadOf(value);
    expect(request).toMatchObject({
      nonce: "n",
      kid: expect.stringMatching(/secrets\/open-secret$/),
    });
    const { secret } = response;
    expect(secret).toMatchObject({ contentType: "text/plain", attributes: { enabled: true } });
    expect(secret.value).toBeUndefined();
    expect(secret.id).toMatch(origin());
    const { header, content } = await open(secret.jwe);
    expect(content).toBe("value of open-secret");
    expect(header).toMatchObject({
      ...{ alg: "RSA-OAEP-256", enc: "A256GCM", cty: "text/plain" },
      ...{ kid: "TpmEphemeralEncryptionKey", "strongroom.id": secret.id },
    });
  });

  it("comes with a receipt that proves its leaf under a head of the audit log", async () => {
    const { result, leaves } = await traceOf(vault.installation.folders.storeFile, () =>
      vault.release("/secrets/open-secret"),
    );
    const receipt = String(result.headers["x-strongroom-receipt"]);
    const { typ, x5c = [] } = decodeProtectedHeader(receipt);
    const [leaf, root] = x5c.map((der) => new X509Certificate(Buffer.from(der, "base64")));
    const pinned = readFileSync(vault.installation.folders.releaseRootFile, "utf8");
    expect(root?.raw).toEqual(new X509Certificate(pinned).raw);
    expect(leaf?.verify(createPublicKey(pinned))).toBe(true);
    const { payload } = await compactVerify(receipt, leaf?.publicKey ?? Buffer.of());
    const said = JSON.parse(Buffer.from(payload).toString());
    const { secret } = payloadOf(result.body.value).response;
    const { policies } = leaves[0]?.event.properties ?? {};
    expect([typ, said]).toEqual([
      "strongroom-receipt+jws",
      expect.objectContaining({
        ...{ object: secret.id, vault: { uid: vault.uid, name: releasingVault }, policies },
        identity: { issuer: vault.installation.oidc.issuer, subject: "officer" },
      }),
    ]);
    const { head, proof } = said;
    expect([leaves[0]?.log, leaves[0]?.index]).toEqual([head.log, proof.index]);
    const claim = {
      ...{ index: proof.index, size: head.size, leaf: fromHex(proof.leafHash) },
      ...{ path: proof.path.map(fromHex), root: fromHex(head.root) },
    };
    expect(verifyInclusion(claim)).toBe(true);
  });

  it("hands a certificate with its key", async () => {
    const answer = await vault.release("/certificates/open-web");
    expect(answer.status).toBe(200);
    const { certificate } = payloadOf(answer.body.value).response;
    const { content } = await open(certificate.jwe);
    const leaf = new X509Certificate(content);
    expect(leaf.checkHost("web.example")).toBe("web.example");
    expect(leaf.checkPrivateKey(createPrivateKey(content))).toBe(true);
    expect(certificate.id).toMatch(/certificates\/open-web\/[0-9a-f]{32}$/);
  });

  it("is refused without a policy, for another environment, and without a role", async () => {
    const { storeFile } = vault.installation.folders;
    const other = { target: await vault.maa.token({ "x-ms-ver": "2.0" }) };
    for (const [path, body, subject, code] of [
      ["/secrets/free-secret", {}, "officer", "PolicyDenied"],
      ["/secrets/open-secret", other, "officer", "PolicyDenied"],
      ["/secrets/open-secret", {}, "nobody", "Forbidden"],
      ["/secrets/none", {}, "officer", "NotFound"],
    ] as const) {
      await expectRefused(storeFile, () => vault.release(path, body, subject), {
        ...{ code, operation: "SecretRelease" },
      });
    }
    await expectRefused(storeFile, () => vault.release("/certificates/open-web", other), {
      ...{ code: "PolicyDenied", operation: "CertificateRelease" },
    });
  });

  it("comes in one batch with keys, each by its digest in one signed statement", async () => {
    const items = [
      { kind: "secrets", name: "open-secret" },
      { kind: "keys", name: "open-key" },
      { kind: "certificates", name: "open-web" },
      { kind: "keys", name: "open-secret" },
    ];
    const target = await vault.maa.token();
    const answer = await vault.call("POST", routes.release, { target, items });
    expect(answer.status).toBe(200);
    const [leaf] = decodeProtectedHeader(answer.body.release).x5c ?? [];
    const { publicKey } = new X509Certificate(Buffer.from(leaf ?? "", "base64"));
    await compactVerify(answer.body.release, publicKey);
    const statement = payloadOf(answer.body.release);
    expect(statement.pod).toBeUndefined();
    expect(statement.items.map(({ result }: { result: string }) => result)).toEqual([
      ...["granted", "granted", "granted", "denied"],
    ]);
    const contents = answer.body.items as { readonly jwe?: string; readonly keyHsm?: string }[];
    contents.slice(0, 3).forEach(({ jwe, keyHsm }, index) => {
      const digest = toBase64url(sha256(utf8(jwe ?? keyHsm ?? "")));
      expect(statement.items[index].digest).toBe(digest);
    });
    expect(contents[3]).toEqual({});
    expect((await open(contents[0]?.jwe ?? "")).content).toBe("value of open-secret");
    expect((await open(contents[2]?.jwe ?? "")).content).toContain("PRIVATE KEY");
    const blob = JSON.parse(Buffer.from(contents[1]?.keyHsm ?? "", "base64url").toString());
    expect(blob.header.enc).toBe("RSA_AES_KEY_WRAP_256");
    const pkcs8 = vault.maa.unwrap(Buffer.from(blob.ciphertext, "base64url"), blob.header.enc);
    const key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
    const { x } = createPublicKey(key).export({ format: "jwk" });
    expect((await vault.call("GET", "/keys/open-key")).body.key.x).toBe(x);
  });
});
