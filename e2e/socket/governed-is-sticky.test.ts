// SPDX-License-Identifier: Apache-2.0
/** Governed is sticky: each way around a release policy, tried on an object that release does give to the right environment. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { hostOf } from "./fixtures/names.ts";
import { policyFor, type ReleasingVault, startReleasingVault } from "./fixtures/releasing-vault.ts";

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const allows = policyFor({ claim: "x-ms-ver", equals: "1.0" });

describe("a governed object", () => {
  let vault: ReleasingVault;
  beforeAll(async () => {
    vault = await startReleasingVault();
  }, 90_000);
  afterAll(async () => {
    await vault[Symbol.asyncDispose]();
  });

  const call: ReleasingVault["call"] = (...args) => vault.call(...args);
  /** `STATUS INNERCODE` of a refusal, or the status alone. */
  const outcome = async (answer: ReturnType<ReleasingVault["call"]>) => {
    const { status, body } = await answer;
    const code = body?.error?.innererror?.code;
    return code === undefined ? String(status) : `${status} ${code}`;
  };
  const get = (path: string) => outcome(call("GET", path));
  const release = (path: string) => outcome(vault.release(path));
  const setSecret = (name: string) =>
    call("PUT", `/secrets/${name}`, { value: `value of ${name}` });
  const makeKey = (name: string, kty: string) =>
    call("POST", `/keys/${name}/create`, {
      ...{ kty, attributes: { exportable: true }, release_policy: { data: encode(allows) } },
    });

  it.each(["RSA", "RSA-HSM"])("of type %s does nothing with its private half", async (kty) => {
    const name = `operate-${kty.toLowerCase()}`;
    await vault.govern({ name, kinds: ["keys"], names: [name] });
    await makeKey(name, kty);
    const value = Buffer.alloc(32).toString("base64url");
    const path = `/keys/${name}`;
    const secret: readonly (readonly [string, object])[] = [
      ["sign", { alg: "RS256", value }],
      ["decrypt", { alg: "RSA-OAEP-256", value }],
      ["unwrapkey", { alg: "RSA-OAEP-256", value }],
    ];
    for (const [operation, body] of secret) {
      expect(await outcome(call("POST", `${path}/${operation}`, body))).toBe("403 ReleaseRequired");
    }
    const open = { alg: "RSA-OAEP-256", value };
    expect(await outcome(call("POST", `${path}/encrypt`, open))).toBe("200");
    expect(await outcome(call("POST", `${path}/wrapkey`, open))).toBe("200");
    expect(await release(path)).toBe("200");
  });

  it("is restored into its own vault alone, and governed there", async () => {
    await vault.govern({ name: "kept", kinds: ["secrets"], names: ["kept"] });
    await setSecret("kept");
    const { value } = (await call("POST", "/secrets/kept/backup")).body;
    const officer = { issuer: vault.installation.oidc.issuer, subject: "officer" };
    const role = { role: "Key Vault Administrator" as const, scope: "*" };
    const roleAssignments = [{ ...role, principals: [{ oidc: officer }] }];
    await vault.installation.putVault({ name: "elsewhere", spec: { roleAssignments } });
    const elsewhere = vault.installation.send({
      ...{ serverName: hostOf("elsewhere"), method: "POST", body: { value } },
      path: "/secrets/restore?api-version=7.4",
      token: await vault.installation.oidc.token("officer"),
    });
    expect((await elsewhere).status).toBeGreaterThanOrEqual(400);
    await call("DELETE", "/secrets/kept");
    await call("DELETE", "/deletedsecrets/kept");
    await vault.ungovern("kept");
    expect(await outcome(call("POST", "/secrets/restore", { value }))).toBe("200");
    expect(await get("/secrets/kept")).toBe("403 ReleaseRequired");
    await vault.govern({ name: "kept", kinds: ["secrets"], names: ["kept"] });
    expect(await release("/secrets/kept")).toBe("200");
  });

  it("that is a certificate shows its key by no other face", async () => {
    await vault.govern({ name: "web", kinds: ["certificates"], names: ["web"] });
    await call("POST", "/certificates/web/create", {
      policy: {
        issuer: { name: "Self" },
        key_props: { kty: "EC", crv: "P-256", exportable: true, reuse_key: false },
        secret_props: { contentType: "application/x-pem-file" },
        x509_props: { subject: "CN=web" },
      },
    });
    for (let tries = 0; tries < 100; tries += 1) {
      if ((await call("GET", "/certificates/web")).body.cer !== undefined) {
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await get("/certificates/web")).toBe("200");
    expect(await get("/secrets/web")).toBe("403 ReleaseRequired");
    const digest = { alg: "ES256", value: Buffer.alloc(32, 1).toString("base64url") };
    expect(await outcome(call("POST", "/keys/web/sign", digest))).toBe("403 ReleaseRequired");
    expect(await release("/certificates/web")).toBe("200");
    await vault.govern({ name: "web", kinds: ["certificates"], names: ["web"], version: "2.0" });
    for (const face of ["/certificates/web", "/secrets/web"]) {
      expect(await release(face)).toBe("403 PolicyDenied");
    }
  });

  it("stays so when its policy is deleted or selects it no more", async () => {
    for (const [name, loosen] of [
      ["deleted", () => vault.ungovern("deleted")],
      ["narrowed", () => vault.govern({ name: "narrowed", kinds: ["secrets"], names: ["other"] })],
    ] as const) {
      await vault.govern({ name, kinds: ["secrets"], names: [name] });
      await setSecret(name);
      expect(await release(`/secrets/${name}`)).toBe("200");
      await loosen();
      expect(await get(`/secrets/${name}`)).toBe("403 ReleaseRequired");
    }
    // A policy that is not there allows nothing; one that selects others still says what it says.
    expect(await release("/secrets/deleted")).toBe("403 PolicyDenied");
    expect(await release("/secrets/narrowed")).toBe("200");
    await vault.govern({ name: "narrowed", kinds: ["secrets"], names: ["other"], version: "2.0" });
    expect(await release("/secrets/narrowed")).toBe("403 PolicyDenied");
  });

  it("is not freed by a change of the key's own policy", async () => {
    await vault.govern({ name: "native", kinds: ["keys"], names: ["native"], version: "2.0" });
    await makeKey("native", "EC");
    const anything = policyFor({ claim: "x-ms-runtime", exists: true });
    const patch = call("PATCH", "/keys/native", { release_policy: { data: encode(anything) } });
    expect(await outcome(patch)).toBe("200");
    expect(await release("/keys/native")).toBe("403 PolicyDenied");
    await vault.govern({ name: "native", kinds: ["keys"], names: ["native"] });
    expect(await release("/keys/native")).toBe("200");
  });

  it("governs its next versions, and what has its name after it was purged", async () => {
    await vault.govern({ name: "next", kinds: ["secrets"], names: ["next"] });
    await setSecret("next");
    await vault.govern({ name: "next", kinds: ["secrets"], names: ["other"] });
    await setSecret("next");
    expect(await get("/secrets/next")).toBe("403 ReleaseRequired");
    expect(await release("/secrets/next")).toBe("200");
    await call("DELETE", "/secrets/next");
    await call("DELETE", "/deletedsecrets/next");
    await setSecret("next");
    expect(await get("/secrets/next")).toBe("403 ReleaseRequired");
    expect(await release("/secrets/next")).toBe("200");
  });
});
