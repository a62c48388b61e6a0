// SPDX-License-Identifier: Apache-2.0
/** Managed HSM's settings by the documented wire, on a vault's host. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { onHost, onVault, putVaultOf } from "../fixtures/full-backup.ts";
import { type Installation, startInstallation } from "../fixtures/installation.ts";
import { expectRefused } from "../fixtures/refusal.ts";

const setting = "AllowKeyManagementOperationsThroughARM";
const owner = { epoch: 0, generation: 1, owner: { uid: "resource-uid" } };

describe("Managed HSM's settings", () => {
  let installation: Installation;
  let uid = "";

  beforeAll(async () => {
    installation = await startInstallation();
    uid = await putVaultOf(installation, "vault");
    await putVaultOf(installation, "other");
  });
  afterAll(async () => {
    await installation?.[Symbol.asyncDispose]();
  });

  const refused = (
    act: () => ReturnType<typeof onHost>,
    code: "BadParameter" | "Forbidden",
    operation: string,
  ) => expectRefused(installation.folders.storeFile, act, { code, operation });

  it("GET /settings and GET|PATCH /settings/{name} on a vault's host", async () => {
    const listed = await onVault(installation, "vault", ["GET", "/settings"]);
    expect(listed.body).toEqual({ settings: [{ name: setting, value: "true", type: "boolean" }] });
    const path = `/settings/${setting}`;
    const change = (value: string, subject = "officer") =>
      onVault(installation, "vault", ["PATCH", path, { value }], subject);
    expect((await change("false")).body).toEqual({
      name: setting,
      value: "false",
      type: "boolean",
    });
    expect((await onVault(installation, "vault", ["GET", path])).body.value).toBe("false");
    expect((await onVault(installation, "other", ["GET", path])).body.value).toBe("true");
    // What it is for: resources make no keys here any more.
    const key = { ...owner, key: { kty: "EC-HSM", crv: "P-256" } };
    const put = () => installation.manage((client) => client.putKey(uid, "by-resource", key));
    await expect(put()).rejects.toMatchObject({ code: "Forbidden" });
    await change("true");
    expect((await put()).created).toBe(true);
    await refused(() => change("perhaps"), "BadParameter", "SettingUpdate");
    await refused(() => change("false", "x"), "Forbidden", "SettingUpdate");
    await refused(
      () => onVault(installation, "vault", ["GET", "/settings"], "x"),
      "Forbidden",
      "SettingGet",
    );
    const unknown = await onVault(installation, "vault", [
      "PATCH",
      "/settings/x",
      { value: "true" },
    ]);
    expect(unknown.status).toBe(404);
    expect((await onHost(installation, ["GET", "/settings"])).status).toBe(404);
  });
});
