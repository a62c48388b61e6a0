// SPDX-License-Identifier: Apache-2.0
/** The vendor's own client, unmodified, against the vault over TLS. */

import { randomBytes } from "node:crypto";
import { SecretClient } from "@azure/keyvault-secrets";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { refusalOf } from "./contract/contract.ts";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { hostOf } from "./fixtures/names.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { traceOf } from "./fixtures/stored.ts";

const apiVersion = "api-version=7.5";

describe("a vault, for a client of Azure Key Vault", () => {
  let installation: Installation;
  const tokens: string[] = [];

  beforeAll(async () => {
    installation = await startInstallation();
    const principals = (subject: string) => [
      { oidc: { issuer: installation.oidc.issuer, subject } },
    ];
    await installation.putVault({
      name: "azure",
      spec: {
        address: { hosts: ["localhost"] },
        roleAssignments: [
          {
            ...{ role: "Key Vault Administrator", scope: "*" },
            principals: principals("officer"),
          },
          {
            ...{ role: "Key Vault Secrets User", scope: "secrets/public-*" },
            principals: principals("reader"),
          },
        ],
      },
    });
  });
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  const clientOf = (subject: string, options: object = {}) =>
    new SecretClient(
      `https://localhost:${installation.vault.port}`,
      {
        getToken: async (scopes) => {
          const token = await installation.oidc.token(subject);
          tokens.push(String(scopes));
          return { token, expiresOnTimestamp: Date.now() + 3_600_000 };
        },
      },
      {
        // The vault's resource is its own host, not a subdomain of vault.azure.net.
        disableChallengeResourceVerification: true,
        retryOptions: { maxRetries: 0 },
        tlsOptions: { ca: installation.ca() },
        ...options,
      },
    );
  const get = (path: string, token?: string) =>
    installation.send({ serverName: hostOf("azure"), method: "GET", path, token });

  it.each([{}, { serviceVersion: "7.4" }, { serviceVersion: "2025-07-01" }])(
    "sets and gets a secret with the client's options %j",
    async (options) => {
      const client = clientOf("officer", options);
      const value = randomBytes(32).toString("base64");
      const set = await client.setSecret("round-trip", value, {
        ...{ contentType: "text/plain", tags: { team: "a" } },
        expiresOn: new Date("2037-01-01T00:00:00Z"),
      });
      const got = await client.getSecret("round-trip");
      expect(got.value).toBe(value);
      expect(got.properties).toMatchObject({
        ...{ name: "round-trip", contentType: "text/plain", tags: { team: "a" }, enabled: true },
        ...{ version: set.properties.version, recoveryLevel: "Recoverable+Purgeable" },
        expiresOn: new Date("2037-01-01T00:00:00Z"),
      });
    },
  );

  it("keeps every version, and gives an old one to who names it", async () => {
    const client = clientOf("officer");
    const first = await client.setSecret("versioned", "one");
    const second = await client.setSecret("versioned", "two");
    expect((await client.getSecret("versioned")).value).toBe("two");
    const version = first.properties.version ?? "";
    expect((await client.getSecret("versioned", { version })).value).toBe("one");
    const listed: (string | undefined)[] = [];
    for await (const properties of client.listPropertiesOfSecretVersions("versioned")) {
      listed.push(properties.version);
    }
    expect(listed.sort()).toEqual([version, second.properties.version].sort());
  });

  it("takes names without regard to case and keeps the first spelling", async () => {
    const client = clientOf("officer");
    await client.setSecret("MixedCase", "one");
    await client.setSecret("mixedcase", "two");
    const got = await client.getSecret("MIXEDCASE");
    expect([got.value, got.name]).toEqual(["two", "MixedCase"]);
  });

  it("lists more secrets than a page holds, each once and only those that the caller may see", async () => {
    const officer = clientOf("officer");
    const names = Array.from({ length: 30 }, (_, i) => `public-${String(i).padStart(2, "0")}`);
    await Promise.all(names.map((name) => officer.setSecret(name, name)));
    const pages: string[][] = [];
    const iterator = clientOf("reader").listPropertiesOfSecrets().byPage();
    for await (const page of iterator) {
      pages.push(page.map(({ name }) => name));
    }
    expect(pages.flat()).toEqual(names);
    expect(pages.map((page) => page.length)).toEqual([25, 5]);
  });

  it("sends a client without a token where to get one, before it looks at anything", async () => {
    const answer = await expectRefused(
      installation.folders.storeFile,
      () => get(`/secrets/versioned?${apiVersion}`),
      { code: "TokenInvalid" },
    );
    expect(answer.headers["www-authenticate"]).toMatch(
      /^Bearer authorization="https:\/\/[^"]+", resource="https:\/\/team-a\.svc"$/,
    );
    tokens.length = 0;
    await clientOf("officer").getSecret("versioned");
    expect(tokens).toEqual([`https://localhost:${installation.vault.port}/.default`]);
  });

  it("refuses an identity without a role, and one whose role is for other names", async () => {
    const { storeFile } = installation.folders;
    const token = await installation.oidc.token("nobody");
    await expectRefused(storeFile, () => get(`/secrets/versioned?${apiVersion}`, token), {
      ...{ code: "Forbidden", operation: "SecretGet" },
      properties: { reasons: ["no role is assigned to this identity"], via: "api" },
    });
    const forbidden = "403 Forbidden";
    const reader = clientOf("reader");
    expect(await refusalOf(() => reader.getSecret("versioned"))).toEqual(forbidden);
    // The same for a name that does not exist: who has no role learns nothing of what there is.
    expect(await refusalOf(() => reader.getSecret("never-made"))).toEqual(forbidden);
    expect(await refusalOf(() => reader.setSecret("public-00", "x"))).toEqual(forbidden);
    expect(await refusalOf(() => clientOf("nobody").listPropertiesOfSecrets().next())).toEqual(
      forbidden,
    );
    expect((await reader.getSecret("public-00")).value).toBe("public-00");
  });

  it("says that a secret or a version is not there to who may read it", async () => {
    const client = clientOf("officer");
    expect(await refusalOf(() => client.getSecret("never-made"))).toBe("404 SecretNotFound");
    const version = "0".repeat(32);
    expect(await refusalOf(() => client.getSecret("versioned", { version }))).toBe(
      "404 SecretNotFound",
    );
    const token = await installation.oidc.token("officer");
    await expectRefused(
      installation.folders.storeFile,
      () => get(`/secrets/never-made?${apiVersion}`, token),
      { code: "NotFound", operation: "SecretGet" },
    );
  });

  it("gives no value of a disabled secret", async () => {
    await clientOf("officer").setSecret("disabled", "hidden", { enabled: false });
    const token = await installation.oidc.token("officer");
    const { storeFile } = installation.folders;
    const answer = await expectRefused(
      storeFile,
      () => get(`/secrets/disabled?${apiVersion}`, token),
      { code: "ObjectDisabled", operation: "SecretGet" },
    );
    expect(answer.text).not.toContain("hidden");
  });

  it("takes a value of 25 KB and not a byte more", async () => {
    const client = clientOf("officer");
    const largest = "x".repeat(25_600);
    await client.setSecret("large", largest);
    expect((await client.getSecret("large")).value).toBe(largest);
    const { result, leaves, rows } = await traceOf(installation.folders.storeFile, () =>
      refusalOf(() => client.setSecret("large", `${largest}x`)),
    );
    expect(result).toBe("400 BadParameter");
    expect([leaves, rows]).toEqual([[], []]);
  });

  it("insists on an api-version that it knows", async () => {
    const token = await installation.oidc.token("officer");
    for (const query of ["", "?api-version=6.0", "?api-version=1.0-preview"]) {
      const answer = await get(`/secrets/versioned${query}`, token);
      expect([answer.status, answer.body.error.code]).toEqual([400, "BadParameter"]);
      expect(answer.text).not.toContain("two");
    }
  });
});
