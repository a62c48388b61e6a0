// SPDX-License-Identifier: Apache-2.0
/** Vaults whose resource is gone: listed, deleted and recovered. */

import { describe, expect, it } from "@jest/globals";
import { routes } from "@strongroom/api";
import { vaultBody } from "./fixtures/installation.ts";
import { epoch, generate, ownedBy, useManagement } from "./fixtures/use-management.ts";

describe("vaults that were let go", () => {
  const operator = useManagement();
  const { send, refused } = operator;

  it("lists every vault with the resource that has it, and deletes one for that resource alone", async () => {
    const { uid } = await operator.installation.putVault({ name: "listed", epoch });
    const entry = async () =>
      (await send("GET", routes.manageVaults)).body.vaults.find(
        (vault: { uid: string }) => vault.uid === uid,
      );
    expect(await entry()).toEqual({
      ...{ uid, owner: { uid }, name: "listed", namespace: "team-a", deleted: null },
    });
    const path = routes.manageVault(uid);
    expect((await send("DELETE", path, ownedBy("other"))).body).toEqual({ deleted: false });
    expect((await send("DELETE", path, ownedBy(uid))).body).toEqual({ deleted: true });
    const { at, purgeAt } = (await entry()).deleted;
    expect(purgeAt - at).toBe(90 * 86_400);
  });

  it("gives a deleted vault back, with what is in it, to a resource of its own namespace that names it", async () => {
    const { uid } = await operator.installation.putVault({ name: "back", epoch });
    const secret = routes.manageSecret(uid, "s");
    const { version } = (await send("PUT", secret, { ...ownedBy("o"), generate })).body;
    await send("DELETE", routes.manageVault(uid), ownedBy(uid));
    const body = vaultBody(uid, { name: "back-again", epoch, spec: { recover: uid } });
    const put = (change: object) =>
      send("PUT", routes.manageVault(uid), { ...body, owner: { uid: "second" }, ...change });
    const elsewhere = [
      { namespace: "team-b" },
      // Made anew under the same name, by other people.
      { namespaceUid: "tenant-2" },
      { namespaceUid: undefined },
    ];
    for (const change of elsewhere) {
      await refused(() => put(change), {
        ...{ code: "ObjectIsDeletedButRecoverable", operation: "VaultPut" },
      });
    }
    expect((await put({})).body).toMatchObject({ uid, created: false, counts: { secrets: 1 } });
    await refused(() => put({ owner: { uid: "third" } }), {
      ...{ code: "NameInUse", operation: "VaultPut" },
    });
    expect((await send("PUT", secret, { ...ownedBy("o"), generate })).body.version).toBe(version);
    const nothing = { ...body, spec: { ...body.spec, recover: "never-made" } };
    await refused(
      () => send("PUT", routes.manageVault("never-made"), { ...nothing, owner: { uid: "x" } }),
      { code: "NotFound", operation: "VaultPut" },
    );
  });
});
