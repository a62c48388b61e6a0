// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { builtInRoles } from "./built-in-roles.ts";
import { dataActions } from "./data-actions.ts";
import { isInstallationAction, parseDataAction } from "./parse-data-action.ts";

const roles = Object.entries(builtInRoles);

describe("the built-in roles", () => {
  it("have an id each, a GUID", () => {
    const ids = roles.map(([, { id }]) => id);
    expect(new Set(ids).size).toBe(21);
    for (const id of ids) {
      expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    }
  });

  it.each(roles)("%s allows something, nothing twice, nothing unknown", (_name, { actions }) => {
    expect(actions.length).toBeGreaterThan(0);
    expect(new Set(actions).size).toBe(actions.length);
    expect(actions.filter((action) => !dataActions.includes(action))).toEqual([]);
  });

  it.each(roles)("%s holds no right over the installation", (_name, { actions }) => {
    expect(actions.filter(isInstallationAction)).toEqual([]);
  });

  it("that manage roles use nothing, and that use objects manage no roles, but Managed HSM's officer", () => {
    const both = roles.filter(([, { actions }]) => {
      const managing = actions.filter((action) =>
        /role(Assignments|Definitions).*write/.test(action),
      );
      return managing.length > 0 && actions.some((action) => action.includes("/vaults/"));
    });
    expect(both.map(([name]) => name)).toEqual(["Managed HSM Crypto Officer"]);
  });
});

describe("a data action's name", () => {
  it.each([
    ["Microsoft.KeyVault/managedHsm/keys/read/action", "Microsoft.KeyVault/vaults/keys/read"],
    ["microsoft.keyvault/managedhsm/keys/create", "Microsoft.KeyVault/vaults/keys/create/action"],
    [
      "Microsoft.KeyVault/managedHsm/keys/deletedKeys/delete",
      "Microsoft.KeyVault/vaults/keys/purge/action",
    ],
    ["Microsoft.KeyVault/managedHsm/keys/delete", "Microsoft.KeyVault/vaults/keys/delete"],
    [
      "Microsoft.KeyVault/managedHsm/keys/sign/action",
      "Microsoft.KeyVault/vaults/keys/sign/action",
    ],
    ["Microsoft.KeyVault/vaults/keys/*", undefined],
    ["Microsoft.KeyVault/managedHsm/keys/export/action", undefined],
  ])("%s stands for %s", (name, action) => {
    expect(parseDataAction(name)).toBe(action);
  });

  it("stands for itself", () => {
    expect(dataActions.map(parseDataAction)).toEqual(dataActions);
  });

  it.each([
    "Microsoft.KeyVault/managedHsm/securitydomain/download/action",
    "microsoft.keyvault/managedhsm/SECURITYDOMAIN/upload/read",
    "Microsoft.KeyVault/managedHsm/backup/start/action",
    "Microsoft.KeyVault/managedHsm/restore/status/action",
  ])("%s is a right over the installation, and no vault's", (name) => {
    expect(isInstallationAction(name)).toBe(true);
    expect(parseDataAction(name)).toBeUndefined();
  });
});
