// SPDX-License-Identifier: Apache-2.0
/** Resources in a real API server, the operator's program and a real vault: what becomes of them, from end to end. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { hostOf } from "./fixtures/names.ts";
import { administrator } from "./fixtures/oidc-issuer.ts";
import { type Operator, startOperator } from "./fixtures/operator-process.ts";
import { seal } from "./fixtures/seal.ts";

const canary = "correct-horse-battery-staple-71c9";
const plurals = ["secretvaults", "vaultsecrets", "vaultkeys", "vaultcertificates"];

describe("resources, from the API server to the vault", () => {
  let installation: Installation;
  let operator: Operator;

  beforeAll(async () => {
    installation = await startInstallation({ cluster: true });
    operator = await startOperator(installation);
    await operator.apply("SecretVault", "shop", vaultSpec());
    await operator.becomes("secretvaults", "shop", "Synced");
    await operator.until(async () => (await vault()).status.sealingKey !== undefined);
  }, 120_000);
  afterAll(async () => {
    await operator?.[Symbol.asyncDispose]();
    await installation[Symbol.asyncDispose]();
  });

  const vaultSpec = () => ({
    roleAssignments: [
      {
        ...{ role: "Key Vault Administrator", scope: "*", via: "api" },
        principals: [{ oidc: { issuer: installation.oidc.issuer, subject: administrator } }],
      },
    ],
  });
  const vault = async (name = "shop") => await operator.get("secretvaults", name);
  const ask = async (path: string, name = "shop") =>
    await installation.send({
      ...{ serverName: hostOf(name), method: "GET", path: `${path}?api-version=7.5` },
      token: await installation.oidc.token(administrator),
    });
  const sealed = async (name: string, serial: number, value = canary) => {
    const { metadata, status } = await vault();
    const recipient = { uid: status.uid, name: metadata.name, sealingKey: status.sealingKey };
    return await seal(installation.folders.root, recipient, { value, name, serial });
  };

  it("make keys, certificates and secrets in the vault", async () => {
    await operator.apply("VaultSecret", "generated", { vault: "shop", generate: {} });
    await operator.apply("VaultKey", "signing", { vault: "shop", kty: "EC-HSM", keyOps: ["sign"] });
    const keyOps = ["secureWrapKey", "secureUnwrapKey"];
    const condition = { claim: "x-strongroom-class", equals: "hardware" };
    const policy = { version: "1.0.0", anyOf: [{ authority: "https://a", allOf: [condition] }] };
    await operator.apply("VaultKey", "records", {
      ...{ vault: "shop", kty: "oct-HSM", keyOps, releasePolicy: { policy } },
    });
    await operator.apply("VaultCertificate", "tls", {
      vault: "shop",
      policy: {
        keyProperties: { keyType: "EC", exportable: true },
        x509Properties: { subject: "CN=shop.example", validityMonths: 3 },
        lifetimeActions: [{ trigger: { lifetimePercentage: 80 }, action: "AutoRenew" }],
        issuer: { name: "Self" },
      },
    });
    await operator.becomes("vaultsecrets", "generated", "Synced");
    await operator.becomes("vaultkeys", "signing", "Synced");
    await operator.becomes("vaultkeys", "records", "Synced");
    await operator.becomes("vaultcertificates", "tls", "Synced");
    const records = (await ask("/keys/records")).body;
    expect(records.key).toMatchObject({ kty: "oct-HSM", key_ops: keyOps });
    const { data } = records.release_policy;
    expect(JSON.parse(Buffer.from(data, "base64url").toString())).toEqual(policy);
    const { status: key } = await operator.get("vaultkeys", "signing");
    expect((await ask("/keys/signing")).body.key).toMatchObject({
      kid: expect.stringContaining(key.version),
      kty: "EC-HSM",
    });
    const { status: certificate } = await operator.get("vaultcertificates", "tls");
    const { id, attributes } = (await ask("/certificates/tls")).body;
    expect(id).toContain(certificate.version);
    expect(Date.parse(certificate.expires) / 1_000).toBe(attributes.exp);
    expect((await ask("/secrets/tls")).status).toBe(200);
  });

  it("bring a sealed value into the vault, take a newer one, and refuse to go back", async () => {
    const old = await sealed("from-git", 1, "old");
    await operator.apply("VaultSecret", "from-git", { vault: "shop", sealed: old });
    await operator.becomes("vaultsecrets", "from-git", "Synced");
    expect((await ask("/secrets/from-git")).body.value).toBe("old");
    await operator.change("vaultsecrets", "from-git", { sealed: await sealed("from-git", 2) });
    await operator.becomes("vaultsecrets", "from-git", "Synced");
    expect((await ask("/secrets/from-git")).body.value).toBe(canary);
    await operator.change("vaultsecrets", "from-git", { sealed: old });
    await operator.becomes("vaultsecrets", "from-git", "SealedValueOlder");
    expect((await ask("/secrets/from-git")).body.value).toBe(canary);
  });

  it("hold the sealed value in clear nowhere outside the vault", async () => {
    const held = await Promise.all(plurals.map(async (plural) => await operator.get(plural)));
    const { body: events } = await installation.cluster.server.call(
      "GET",
      "/apis/events.k8s.io/v1/events",
    );
    const texts = [
      JSON.stringify(held),
      JSON.stringify(events),
      operator.output(),
      installation.vault.output(),
    ];
    for (const text of texts) {
      expect(text.length).toBeGreaterThan(100);
      expect(text).not.toContain(canary);
      expect(text).not.toContain(Buffer.from(canary).toString("base64").slice(0, -2));
    }
  });

  it("reach an object when they change, and take it along when they go", async () => {
    await operator.change("vaultsecrets", "generated", {
      tags: { team: "a" },
      attributes: { enabled: false },
    });
    await operator.until(async () => (await ask("/secrets/generated")).status === 403);
    await operator.remove("vaultsecrets", "generated");
    await operator.remove("vaultcertificates", "tls");
    await operator.until(async () => (await ask("/deletedsecrets/generated")).status === 200);
    await operator.until(async () => (await ask("/deletedcertificates/tls")).status === 200);
    expect((await ask("/secrets/tls")).status).toBe(404);
  });

  it("give a deleted vault back to a resource that recovers it", async () => {
    const { uid } = (await vault()).status;
    await operator.remove("secretvaults", "shop");
    await operator.until(async () => (await vault()).status === "Failure");
    await operator.apply("SecretVault", "shop-again", { ...vaultSpec(), recover: uid });
    await operator.becomes("secretvaults", "shop-again", "Synced");
    expect((await vault("shop-again")).status.uid).toBe(uid);
    expect((await ask("/secrets/from-git", "shop-again")).body.value).toBe(canary);
  });
});
