// SPDX-License-Identifier: Apache-2.0
/** Managed HSM's routes for role definitions at the socket, and that nobody defines a role wider than what they hold. */

import { randomUUID } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { builtInRoles } from "@strongroom/core";
import { provider, useRoles } from "./fixtures/roles.ts";

describe("custom definitions of roles, for a client of Managed HSM", () => {
  const { call, grantBody, grant, refused, get } = useRoles();
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
