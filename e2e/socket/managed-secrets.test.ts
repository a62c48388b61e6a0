// SPDX-License-Identifier: Apache-2.0
/** What a resource may do to its secret in the course of its life, at the vault's socket. */

import { describe, expect, it } from "@jest/globals";
import { routes } from "@strongroom/api";
import { hostOf } from "./fixtures/names.ts";
import { administrator } from "./fixtures/oidc-issuer.ts";
import { traceOf } from "./fixtures/stored.ts";
import { epoch, generate, ownedBy, useManagement } from "./fixtures/use-management.ts";

describe("secrets that resources made", () => {
  const operator = useManagement();
  const { send, refused } = operator;
  const traced = <T>(act: () => Promise<T>) =>
    traceOf(operator.installation.folders.storeFile, act);
  const toEverybody = () => ({
    roleAssignments: [
      {
        ...{ role: "Key Vault Administrator" as const, scope: "*", via: "api" as const },
        principals: [
          { oidc: { issuer: operator.installation.oidc.issuer, subject: administrator } },
        ],
      },
    ],
  });

  it("takes over what a resource changes about its secret, once, and takes away what it no longer says", async () => {
    const { uid } = await operator.installation.putVault({
      name: "changed",
      epoch,
      spec: toEverybody(),
    });
    const path = routes.manageSecret(uid, "s");
    const put = (said: object) => send("PUT", path, { ...ownedBy("o"), generate, ...said });
    const first = await put({ contentType: "text/plain", tags: { team: "a" } });
    const again = await put({
      tags: { team: "b" },
      attributes: { enabled: true, exp: 4102444800 },
    });
    expect(again.body).toEqual({ ...first.body, created: false });
    const secret = async (method = "GET", body?: object) =>
      await operator.installation.send({
        ...{ serverName: hostOf("changed"), method, body },
        path: `/secrets/s${method === "PATCH" ? `/${first.body.version}` : ""}?api-version=7.5`,
        token: await operator.installation.oidc.token(administrator),
      });
    const read = (await secret()).body;
    expect(read).toMatchObject({ tags: { team: "b" }, attributes: { exp: 4102444800 } });
    expect(read.contentType).toBeUndefined();
    expect((await secret("PATCH", { tags: { by: "hand" } })).status).toBe(200);
    const said = { tags: { team: "b" }, attributes: { enabled: true, exp: 4102444800 } };
    const { rows } = await traced(() => put(said));
    expect(rows).toEqual([]);
    expect((await secret()).body.tags).toEqual({ by: "hand" });
    await put({ ...said, attributes: { enabled: false } });
    expect((await secret()).status).toBe(403);
  });

  it("leaves what a person recovered to that person", async () => {
    const { uid } = await operator.installation.putVault({
      name: "kept",
      epoch,
      spec: toEverybody(),
    });
    const path = routes.manageSecret(uid, "s");
    await send("PUT", path, { ...ownedBy("o"), generate });
    await send("DELETE", path, ownedBy("o"));
    const recovered = await operator.installation.send({
      ...{ serverName: hostOf("kept"), method: "POST" },
      path: "/deletedsecrets/s/recover?api-version=7.5",
      token: await operator.installation.oidc.token(administrator),
    });
    expect(recovered.status).toBe(200);
    expect((await send("DELETE", path, ownedBy("o"))).body).toEqual({ deleted: false });
    expect((await send("GET", routes.manageVault(uid))).body.secrets).toEqual([]);
    const put = () => send("PUT", path, { ...ownedBy("o"), generate });
    await refused(put, { code: "NameInUse", operation: "SecretSet" });
  });
});
