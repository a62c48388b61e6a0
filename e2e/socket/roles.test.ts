// SPDX-License-Identifier: Apache-2.0
/** Managed HSM's routes for role assignments at the socket, and that nobody grants anyone more than they hold. */

import { describe, expect, it } from "@jest/globals";
import { builtInRoles } from "@strongroom/core";
import { provider, useRoles } from "./fixtures/roles.ts";
import { traceOf } from "./fixtures/stored.ts";

describe("a vault's roles, for a client of Managed HSM", () => {
  const { call, idOf, grantBody, grant, refused, get, putAgain, storeFile } = useRoles();

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
    const again = await traceOf(storeFile(), () => grant("chief", "/secrets/app-1", body, name));
    expect([again.result.status, again.rows]).toEqual([201, []]);
    const other = grantBody("Key Vault Secrets User", "mallory");
    expect((await grant("chief", "/secrets/app-1", other, name)).status).toBe(409);
  });

  it("keeps the resource's assignments and the API's apart", async () => {
    const { name } = await grant("chief", "/keys", grantBody("Key Vault Crypto User", "frank"));
    const list = async () => (await call("chief", "GET", `${provider}/roleAssignments`)).body.value;
    await putAgain();
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
});
