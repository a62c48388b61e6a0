// SPDX-License-Identifier: Apache-2.0
/** Keys and certificates that resources ask for, at the vault's socket. */

import { createHash, X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { routes } from "@strongroom/api";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { hostOf } from "./fixtures/names.ts";
import { administrator } from "./fixtures/oidc-issuer.ts";
import { operatorCalls } from "./fixtures/operator-calls.ts";
import { type ExpectedRefusal, expectRefused } from "./fixtures/refusal.ts";
import { traceOf } from "./fixtures/stored.ts";

describe("keys and certificates that resources made", () => {
  let installation: Installation;
  let uid: string;

  beforeAll(async () => {
    installation = await startInstallation();
    const roleAssignments = [
      {
        ...{ role: "Key Vault Administrator" as const, scope: "*", via: "api" as const },
        principals: [{ oidc: { issuer: installation.oidc.issuer, subject: administrator } }],
      },
    ];
    ({ uid } = await installation.putVault({ name: "shop", spec: { roleAssignments } }));
  }, 60_000);
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  const send = async (method: string, path: string, body?: object) =>
    await operatorCalls(installation).send(method, path, body);
  const ask = async (method: string, path: string, body?: object) =>
    await installation.send({
      ...{ serverName: hostOf("shop"), method, path: `${path}?api-version=7.5`, body },
      token: await installation.oidc.token(administrator),
    });
  const refused = (act: Parameters<typeof expectRefused>[1], expected: ExpectedRefusal) =>
    expectRefused(installation.folders.storeFile, act, expected);
  const traced = <T>(act: () => Promise<T>) => traceOf(installation.folders.storeFile, act);
  const ownedBy = (owner: string) => ({ epoch: 0, generation: 1, owner: { uid: owner } });
  const putKey = (name: string, key: object, rest: object = {}, owner = "o") =>
    send("PUT", routes.manageKey(uid, name), { ...ownedBy(owner), key, ...rest });
  const putCertificate = (name: string, policy: object, rest: object = {}, owner = "o") =>
    send("PUT", routes.manageCertificate(uid, name), {
      ...ownedBy(owner),
      certificate: { policy, attributes: { enabled: true }, ...rest },
    });
  const selfSigned = (subject: string, rest: object = {}) => ({
    key_props: { kty: "EC", crv: "P-256", key_size: 256 },
    x509_props: { subject },
    issuer: { name: "Self" },
    ...rest,
  });
  const status = async () => (await send("GET", routes.manageVault(uid))).body;

  it.each([
    ["EC", { crv: "P-384" }],
    ["EC-HSM", { crv: "P-256" }],
    ["RSA-HSM", { key_size: 2048 }],
    ["oct-HSM", { key_size: 256 }],
    ["AKP", { alg: "ML-DSA-44" }],
  ])(
    "makes a key of type %s once, and answers nothing of it but its version",
    async (kty, size) => {
      const name = `made-${kty}`;
      const key = { kty, ...size, tags: { a: "b" } };
      const { body } = await putKey(name, key);
      expect(Object.keys(body).sort()).toEqual(["created", "id", "version"]);
      const { key: jwk, tags } = (await ask("GET", `/keys/${name}`)).body;
      expect(jwk).toMatchObject({ kty, kid: expect.stringContaining(body.version) });
      expect(tags).toEqual({ a: "b" });
      const again = await traced(() => putKey(name, key));
      expect([again.result.body, again.rows]).toEqual([{ ...body, created: false }, []]);
    },
  );

  it("takes over what the resource changes about a key, its rotation policy too", async () => {
    const rotationPolicy = {
      lifetimeActions: [{ trigger: { timeAfterCreate: "P90D" }, action: { type: "Rotate" } }],
      attributes: { expiryTime: "P1Y" },
    };
    const first = await putKey("changing", { kty: "EC", tags: { a: "b" } }, { rotationPolicy });
    const policy = async () => (await ask("GET", "/keys/changing/rotationpolicy")).body;
    expect(await policy()).toMatchObject({
      lifetimeActions: [{ trigger: { timeAfterCreate: "P90D" }, action: { type: "Rotate" } }],
    });
    const change = { kty: "EC", key_ops: ["sign"], attributes: { enabled: false } };
    expect((await putKey("changing", change)).body.version).toBe(first.body.version);
    const { key, tags, attributes } = (await ask("GET", "/keys/changing")).body;
    expect([key.key_ops, tags ?? {}, attributes.enabled]).toEqual([["sign"], {}, false]);
    expect((await policy()).lifetimeActions).toEqual([]);
  });

  it("refuses a key that cannot be, and one that somebody else made, and records it", async () => {
    await refused(() => putKey("bad", { kty: "EC", crv: "P-999" }), {
      ...{ code: "BadParameter", operation: "KeyCreate" },
    });
    await ask("POST", "/keys/theirs/create", { kty: "EC" });
    for (const name of ["theirs", "THEIRS"]) {
      await refused(() => putKey(name, { kty: "EC" }), {
        ...{ code: "NameInUse", operation: "KeyCreate" },
      });
    }
    const remove = () => send("DELETE", routes.manageKey(uid, "theirs"), ownedBy("o"));
    expect((await remove()).body).toEqual({ deleted: false });
  });

  it("issues a certificate with its key and secret, and again when its policy changes", async () => {
    const { body } = await putCertificate("tls", selfSigned("CN=one"));
    expect(body).toMatchObject({ created: true, state: "completed" });
    const read = async () => (await ask("GET", "/certificates/tls")).body;
    const leaf = new X509Certificate(Buffer.from((await read()).cer, "base64"));
    expect(leaf.subject).toBe("CN=one");
    expect(body.thumbprint).toBe(createHash("sha256").update(leaf.raw).digest("hex"));
    expect(body.expires).toBe(leaf.validToDate.getTime() / 1_000);
    const again = await traced(() => putCertificate("tls", selfSigned("CN=one")));
    expect([again.result.body, again.rows]).toEqual([{ ...body, created: false }, []]);

    const renewal = {
      lifetime_actions: [
        { trigger: { lifetime_percentage: 50 }, action: { action_type: "AutoRenew" } },
      ],
    };
    const later = await putCertificate("tls", selfSigned("CN=one", renewal), { tags: { a: "b" } });
    expect(later.body.version).toBe(body.version);
    expect(await read()).toMatchObject({ tags: { a: "b" }, policy: renewal });

    const next = await putCertificate("tls", selfSigned("CN=two", renewal));
    expect(next.body).toMatchObject({ created: false, state: "completed" });
    expect(next.body.version).not.toBe(body.version);
    expect(new X509Certificate(Buffer.from((await read()).cer, "base64")).subject).toBe("CN=two");
  });

  it("shows the request of a certificate that somebody outside signs", async () => {
    const policy = { ...selfSigned("CN=outside"), issuer: { name: "Unknown" } };
    const { body } = await putCertificate("outside", policy);
    expect(body).toMatchObject({ state: "inProgress", created: true });
    expect(body.request).toBe((await ask("GET", "/certificates/outside/pending")).body.csr);
    const changed = { ...policy, x509_props: { subject: "CN=other" } };
    const next = (await putCertificate("outside", changed)).body;
    expect(next.state).toBe("inProgress");
    expect(next.request).not.toBe(body.request);
  });

  it("says why nobody would issue a certificate", async () => {
    const policy = { ...selfSigned("CN=a"), issuer: { name: "nobody" } };
    const { body } = await refused(() => putCertificate("bad", policy), {
      ...{ code: "BadParameter", operation: "CertificateCreate" },
    });
    expect(body.error.message).toContain("there is no issuer nobody");
  });

  it("lists what resources made, and not what a certificate manages", async () => {
    await putCertificate("listed", selfSigned("CN=listed"), {}, "certificate-resource");
    const { keys, secrets, certificates, counts } = await status();
    const names = (held: readonly { name: string }[]) => held.map(({ name }) => name);
    expect(names(certificates)).toContain("listed");
    expect(names(keys)).toContain("made-EC");
    expect([...names(keys), ...names(secrets)]).not.toContain("listed");
    expect(counts.certificates).toBeGreaterThanOrEqual(2);
  });

  it("deletes a certificate with its key and secret when its resource goes, and nothing of it otherwise", async () => {
    await putCertificate("leaving", selfSigned("CN=leaving"), {}, "leaving-resource");
    const remove = (path: string) => send("DELETE", path, ownedBy("leaving-resource"));
    for (const face of [routes.manageKey(uid, "leaving"), routes.manageSecret(uid, "leaving")]) {
      expect((await remove(face)).body).toEqual({ deleted: false });
    }
    await refused(() => putKey("leaving", { kty: "EC" }, {}, "leaving-resource"), {
      ...{ code: "NameInUse", operation: "KeyCreate" },
    });
    expect((await remove(routes.manageCertificate(uid, "leaving"))).body).toEqual({
      deleted: true,
    });
    for (const kind of ["certificates", "keys", "secrets"]) {
      expect((await ask("GET", `/${kind}/leaving`)).status).toBe(404);
    }
    await refused(() => putCertificate("leaving", selfSigned("CN=leaving"), {}, "new"), {
      ...{ code: "ObjectIsDeletedButRecoverable", operation: "CertificateCreate" },
    });
  });
});
