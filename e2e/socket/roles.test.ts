// SPDX-License-Identifier: Apache-2.0
/** Managed HSM's role routes at the socket, and that nobody grants anyone more than they hold. */

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { builtInRoles, type RoleName } from "@strongroom/core";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { hostOf } from "./fixtures/names.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { traceOf } from "./fixtures/stored.ts";

const provider = "/providers/Microsoft.Authorization";

describe("a vault's roles, for a client of Managed HSM", () => {
  let installation: Installation;
  let uid: string;

  const oidc = (subject: string) => ({ oidc: { issuer: installation.oidc.issuer, subject } });
  const spec = () => ({
    roleAssignments: [
      {
        role: "Managed HSM Policy Administrator" as const,
        scope: "*",
        principals: [oidc("chief")],
      },
      {
        role: "Key Vault Secrets Officer" as const,
        scope: "secrets/app-*",
        principals: [oidc("chief")],
      },
      { role: "Key Vault Crypto Officer" as const, scope: "*", principals: [oidc("chief")] },
      { role: "Key Vault Administrator" as const, scope: "*", principals: [oidc("owner")] },
      {
        ...{ role: "Key Vault Data Access Administrator" as const, scope: "*" },
        principals: [oidc("helpdesk")],
        delegable: ["Key Vault Secrets User" as const],
      },
    ],
  });
  beforeAll(async () => {
    installation = await startInstallation();
    ({ uid } = await installation.putVault({ name: "vault", spec: spec() }));
    for (const name of ["app-1", "web-1"]) {
      const answer = await call("owner", "PUT", `/secrets/${name}`, { value: name });
      expect(answer.status).toBe(200);
    }
  });
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  const call = async (subject: string, method: string, path: string, body?: object) =>
    await installation.send({
      ...{ serverName: hostOf("vault"), method, body },
      path: `${path}${path.includes("?") ? "&" : "?"}api-version=7.5`,
      token: await installation.oidc.token(subject),
    });
  const idOf = (subject: string) => `${installation.oidc.issuer}#${subject}`;
  const definitionId = (role: RoleName) =>
    `Microsoft.KeyVault${provider}/roleDefinitions/${builtInRoles[role].id}`;
  const grantBody = (role: RoleName | { readonly id: string }, to: string, more: object = {}) => ({
    properties: {
      roleDefinitionId: typeof role === "string" ? definitionId(role) : role.id,
      principalId: idOf(to),
      ...more,
    },
  });
  const grant = async (by: string, scope: string, body: object, name: string = randomUUID()) => ({
    name,
    ...(await call(by, "PUT", `${scope}${provider}/roleAssignments/${name}`, body)),
  });
  const refused = (act: () => Promise<Awaited<ReturnType<typeof call>>>, operation: string) =>
    expectRefused(installation.folders.storeFile, act, { code: "Forbidden", operation });
  const get = async (subject: string, name: string) =>
    (await call(subject, "GET", `/secrets/${name}`)).status;

  it("lists every built-in role under Azure's name and id", async () => {
    const { status, body } = await call("chief", "GET", `//${provider}/roleDefinitions`);
    expect(status).toBe(200);
    const listed = Object.fromEntries(
      body.value.map((entry: { name: string; properties: { roleName: string } }) => [
        entry.properties.roleName,
        entry.name,
      ]),
    );
    const expected = Object.entries(builtInRoles).map(([role, { id }]) => [role, id]);
    expect(listed).toEqual(Object.fromEntries(expected));
  });

  it("grants a part of what the granter holds, at once, and takes it away again", async () => {
    expect(await get("bob", "app-1")).toBe(403);
    const { name, status, body } = await grant(
      "chief",
      "/secrets/app-1",
      grantBody("Key Vault Secrets User", "bob"),
    );
    expect(status).toBe(201);
    expect(body).toMatchObject({
      id: `/secrets/app-1${provider}/roleAssignments/${name}`,
      properties: { scope: "/secrets/app-1", principalId: idOf("bob"), via: "api", origin: "api" },
    });
    expect([await get("bob", "app-1"), await get("bob", "web-1")]).toEqual([200, 403]);
    const path = `/secrets/app-1${provider}/roleAssignments/${name}`;
    expect((await call("chief", "GET", path)).body).toEqual(body);
    expect((await call("chief", "DELETE", path)).body).toEqual(body);
    expect((await call("chief", "GET", path)).status).toBe(404);
    expect(await get("bob", "app-1")).toBe(403);
  });

  it.each([
    ["a scope that the granter lacks", "/secrets/web-1", "Key Vault Secrets User"],
    ["a wider scope", "/secrets", "Key Vault Secrets User"],
    ["the whole vault", "", "Key Vault Secrets User"],
    ["a role that the granter lacks", "/certificates", "Key Vault Certificates Officer"],
    ["everything", "", "Key Vault Administrator"],
  ] as const)("refuses a grant of %s, to oneself too", async (_name, scope, role) => {
    for (const to of ["bob", "chief"]) {
      await refused(() => grant("chief", scope, grantBody(role, to)), "RoleAssignmentPut");
    }
  });

  it("refuses a grant by who may use everything but grant nothing", async () => {
    const body = grantBody("Key Vault Secrets User", "owner");
    await refused(() => grant("owner", "", body), "RoleAssignmentPut");
    await refused(() => call("owner", "GET", `${provider}/roleAssignments`), "RoleAssignmentGet");
  });

  it("grants what is delegable to others only, without holding it", async () => {
    const body = grantBody("Key Vault Secrets User", "carol");
    const { name, status } = await grant("helpdesk", "/secrets/web-1", body);
    expect([status, await get("carol", "web-1"), await get("helpdesk", "web-1")]).toEqual([
      201, 200, 403,
    ]);
    await refused(
      () => grant("helpdesk", "/secrets/web-1", grantBody("Key Vault Secrets User", "helpdesk")),
      "RoleAssignmentPut",
    );
    await refused(
      () => grant("helpdesk", "", grantBody("Key Vault Secrets Officer", "carol")),
      "RoleAssignmentPut",
    );
    await call("helpdesk", "DELETE", `/secrets/web-1${provider}/roleAssignments/${name}`);
  });

  it("keeps conditions, and none is wider than the granter's", async () => {
    const until = new Date(Date.now() - 1_000).toISOString();
    const past = grantBody("Key Vault Secrets User", "dave", { notAfter: until });
    expect((await grant("chief", "/secrets/app-1", past)).body.properties.notAfter).toBe(until);
    expect(await get("dave", "app-1")).toBe(403);
    const body = grantBody("Key Vault Secrets User", "dave", { sourceRanges: ["127.0.0.0/8"] });
    await grant("chief", "/secrets/app-1", body);
    // The installation does not say that clients' addresses are their own.
    expect(await get("dave", "app-1")).toBe(403);
  });

  it("makes an assignment once: the same again is no change, another of its name is refused", async () => {
    const body = grantBody("Key Vault Secrets User", "erin");
    const { name } = await grant("chief", "/secrets/app-1", body);
    const again = await traceOf(installation.folders.storeFile, () =>
      grant("chief", "/secrets/app-1", body, name),
    );
    expect([again.result.status, again.rows]).toEqual([201, []]);
    const other = grantBody("Key Vault Secrets User", "mallory");
    expect((await grant("chief", "/secrets/app-1", other, name)).status).toBe(409);
  });

  it("keeps the resource's assignments and the API's apart", async () => {
    const { name } = await grant("chief", "/keys", grantBody("Key Vault Crypto User", "frank"));
    const list = async () => (await call("chief", "GET", `${provider}/roleAssignments`)).body.value;
    await installation.putVault({ name: "vault", uid, spec: spec() });
    const listed: { name: string; properties: { origin: string } }[] = await list();
    expect(listed.some((entry) => entry.name === name)).toBe(true);
    const own = listed.filter(({ properties }) => properties.origin === "resource");
    expect(own.length).toBe(5);
    await refused(
      () => call("chief", "DELETE", `${provider}/roleAssignments/${own[0]?.name}`),
      "RoleAssignmentDelete",
    );
    expect(await list()).toEqual(listed);
  });

  it("lists by scope and by principal", async () => {
    await grant("chief", "/keys/one", grantBody("Key Vault Crypto User", "grace"));
    const subjects = async (scope: string, filter: string) => {
      const path = `${scope}${provider}/roleAssignments?$filter=${encodeURIComponent(filter)}`;
      const { body } = await call("chief", "GET", path);
      return body.value?.map((entry: { id: string }) => entry.id.split(provider)[0]);
    };
    expect(await subjects("", `principalId eq '${idOf("grace")}'`)).toEqual(["/keys/one"]);
    expect(await subjects("/keys/one", "atScope()")).toContain("/keys");
    expect(await subjects("/keys", "atScope()")).not.toContain("/keys/one");
    expect(await subjects("", "principalName eq 'x'")).toBeUndefined();
  });

  describe("with custom definitions", () => {
    const put = (by: string, name: string, properties: object) =>
      call(by, "PUT", `${provider}/roleDefinitions/${name}`, { properties });
    const permissions = (...dataActions: readonly string[]) => [{ dataActions }];
    const hsm = "Microsoft.KeyVault/managedHsm";

    it("assigns them like others, and deletes none that is assigned", async () => {
      const name = randomUUID();
      const definition = {
        ...{ roleName: "Signer", description: "signs", assignableScopes: ["/"] },
        permissions: permissions(`${hsm}/keys/read/action`, `${hsm}/keys/sign/action`),
      };
      const { status, body } = await put("chief", name, definition);
      expect([status, body.properties]).toMatchObject([
        201,
        { ...definition, type: "CustomRole", permissions: definition.permissions },
      ]);
      const granted = await grant("chief", "/keys/one", grantBody(body, "heidi"));
      expect(granted.status).toBe(201);
      const path = `${provider}/roleDefinitions/${name}`;
      expect((await call("chief", "GET", path)).body).toEqual(body);
      expect((await call("chief", "DELETE", path)).status).toBe(409);
      await call("chief", "DELETE", `/keys/one${provider}/roleAssignments/${granted.name}`);
      expect((await call("chief", "DELETE", path)).body).toEqual(body);
      expect((await call("chief", "GET", path)).status).toBe(404);
    });

    it("refuses one with more than its maker holds everywhere", async () => {
      for (const action of ["certificates/read", "secrets/getSecret/action"]) {
        const definition = {
          roleName: "Wide",
          permissions: permissions(`Microsoft.KeyVault/vaults/${action}`),
        };
        await refused(() => put("chief", randomUUID(), definition), "RoleDefinitionPut");
      }
    });

    it("refuses to widen one that is assigned already", async () => {
      const name = randomUUID();
      const narrow = { roleName: "Growing", permissions: permissions(`${hsm}/keys/read/action`) };
      const { body } = await put("chief", name, narrow);
      await grant("chief", "", grantBody(body, "chief"));
      const wide = {
        roleName: "Growing",
        permissions: permissions("Microsoft.KeyVault/vaults/secrets/getSecret/action"),
      };
      await refused(() => put("chief", name, wide), "RoleDefinitionPut");
      expect(await get("chief", "web-1")).toBe(403);
    });

    it.each([
      ["rights over the security domain", `${hsm}/securitydomain/download/action`],
      ["rights over full backups", `${hsm}/backup/start/action`],
      ["wildcards", "Microsoft.KeyVault/vaults/keys/*"],
      ["unknown actions", "Microsoft.KeyVault/vaults/keys/export/action"],
    ])("refuses %s", async (_name, action) => {
      const body = { roleName: "Other", permissions: permissions(action) };
      expect((await put("chief", randomUUID(), body)).status).toBe(400);
    });

    it("lets nobody change them who manages the roles of some objects only", async () => {
      const name = randomUUID();
      const empty = { roleName: "Empty", permissions: permissions() };
      expect((await put("chief", name, empty)).status).toBe(201);
      await grant("chief", "/keys", grantBody("Managed HSM Policy Administrator", "deputy"));
      const path = `/keys${provider}/roleDefinitions/${name}`;
      expect((await call("deputy", "GET", path)).status).toBe(200);
      await refused(() => call("deputy", "DELETE", path), "RoleDefinitionDelete");
      await refused(() => call("deputy", "PUT", path, { properties: empty }), "RoleDefinitionPut");
    });

    it("refuses the name or the id of a built-in role", async () => {
      const empty = { permissions: permissions() };
      const roleName = "key vault secrets user";
      expect((await put("chief", randomUUID(), { roleName, ...empty })).status).toBe(409);
      const { id } = builtInRoles["Key Vault Secrets User"];
      await refused(() => put("chief", id, { roleName: "Mine", ...empty }), "RoleDefinitionPut");
    });
  });
});
