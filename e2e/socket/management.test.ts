// SPDX-License-Identifier: Apache-2.0
/** What the operator may do to vaults, at the vault's socket: fenced, idempotent, and nobody else's. */

import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { routes } from "@strongroom/api";
import { vaultBody } from "./fixtures/installation.ts";
import { hostOf, issuer } from "./fixtures/names.ts";
import { administrator } from "./fixtures/oidc-issuer.ts";
import { traceOf } from "./fixtures/stored.ts";
import { epoch, generate, ownedBy, useManagement } from "./fixtures/use-management.ts";

describe("management of vaults", () => {
  const operator = useManagement();
  const { send, refused } = operator;
  beforeAll(async () => {
    await operator.installation.putVault({ name: "first", epoch });
  });
  const traced = <T>(act: () => Promise<T>) =>
    traceOf(operator.installation.folders.storeFile, act);
  const conditions = [{ claim: "x-strongroom-class", equals: "software" }];
  const policy = (...allOf: object[]) => ({
    ...{ ...ownedBy("policy-owner"), immutable: false },
    selector: { kinds: ["secrets"], names: ["db-*"] },
    policy: { version: "1.0.0", anyOf: [{ authority: issuer, allOf }] },
  });

  it("is the operator's alone, whatever is asked", async () => {
    const { uid } = await operator.installation.putVault({ name: "mine", epoch });
    const call = ownedBy(uid);
    for (const [method, path, body] of [
      ["GET", routes.manageVault(uid), undefined],
      ["GET", routes.manageVaults, undefined],
      ["PUT", routes.manageVault(uid), vaultBody(uid, { name: "mine", epoch })],
      ["DELETE", routes.manageVault(uid), call],
      ["PUT", routes.managePolicy(uid, "any"), policy(...conditions)],
      ["DELETE", routes.managePolicy(uid, "any"), call],
      ["PUT", routes.manageSecret(uid, "any"), { ...call, generate }],
      ["DELETE", routes.manageSecret(uid, "any"), call],
      ["GET", routes.manageVault("never-made"), undefined],
    ] as const) {
      await refused(() => send(method, path, body, "somebody"), {
        ...{ code: "Forbidden", operation: "Manage" },
        properties: { requestUri: path },
      });
    }
  });

  it("is on the installation's own host, never on a vault's", async () => {
    const { uid } = await operator.installation.putVault({ name: "hosted", epoch });
    const token = await operator.installation.oidc.token(administrator);
    const path = routes.manageVault(uid);
    await refused(
      () =>
        operator.installation.send({ serverName: hostOf("hosted"), method: "GET", path, token }),
      { code: "NotFound" },
    );
  });

  it("writes nothing the second time, and says so", async () => {
    const { uid } = await operator.installation.putVault({ name: "same", epoch });
    const put = {
      vault: () => send("PUT", routes.manageVault(uid), vaultBody(uid, { name: "same", epoch })),
      policy: () => send("PUT", routes.managePolicy(uid, "p"), policy(...conditions)),
      secret: () =>
        send("PUT", routes.manageSecret(uid, "s"), { ...ownedBy("secret-owner"), generate }),
    };
    for (const act of Object.values(put)) {
      expect((await act()).status).toBe(200);
      const { result, leaves, rows } = await traced(act);
      expect([result.status, rows]).toEqual([200, []]);
      expect(leaves.map(({ writes }) => writes)).toEqual([[]]);
    }
    expect((await put.vault()).body).toMatchObject({
      created: false,
      counts: { secrets: 1, keys: 0 },
    });
  });

  it("refuses an operator whose lease has passed to another, also after the vault restarted", async () => {
    await operator.installation.vault.stop("SIGKILL");
    await operator.installation.vault.start();
    const uid = randomUUID();
    const late = vaultBody(uid, { name: "late", epoch: epoch - 1 });
    await refused(() => send("PUT", routes.manageVault(uid), late), {
      ...{ code: "StaleEpoch", operation: "VaultPut" },
      properties: { known: epoch },
    });
    const call = { ...ownedBy("o"), epoch: epoch - 1 };
    const first = await operator.installation.putVault({ name: "in-time", epoch });
    await refused(() => send("DELETE", routes.manageVault(first.uid), call), {
      ...{ code: "StaleEpoch", operation: "VaultDelete" },
    });
    await expect(
      operator.installation.send({ serverName: hostOf("late"), method: "GET", path: "/" }),
    ).rejects.toThrow();
  });

  it("gives a host to one vault only, and none that is the cluster's or the installation's", async () => {
    const hosts = (...names: string[]) => ({ address: { hosts: names } });
    const put = (name: string, spec: object, uid = randomUUID()) =>
      send("PUT", routes.manageVault(uid), vaultBody(uid, { name, epoch, spec }));
    expect((await put("one", hosts("one.example"))).status).toBe(200);
    const conflict = { code: "AddressConflict", operation: "VaultPut" } as const;
    await refused(() => put("two", hosts("one.example")), conflict);
    await refused(() => put("one", {}), conflict);
    for (const host of ["kubernetes.default.svc", "one.team-a.svc.cluster.local"]) {
      await refused(() => put("two", hosts(host)), {
        ...{ code: "BadParameter", operation: "VaultPut" },
      });
    }
    await refused(() => put("kubernetes", {}), { code: "BadParameter", operation: "VaultPut" });
  });

  it("gives a host to one of two that ask for it at once", async () => {
    const spec = { address: { hosts: ["contested.example"] } };
    const answers = await Promise.all(
      ["left", "right"].map((name) => {
        const uid = randomUUID();
        return send("PUT", routes.manageVault(uid), vaultBody(uid, { name, epoch, spec }));
      }),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it("makes one vault of two calls that come at once", async () => {
    const uid = randomUUID();
    const body = vaultBody(uid, { name: "twice", epoch });
    const answers = await Promise.all([1, 2].map(() => send("PUT", routes.manageVault(uid), body)));
    expect(answers.map((answer) => answer.body.created).sort()).toEqual([false, true]);
    const secret = { ...ownedBy("o"), generate };
    expect((await send("PUT", routes.manageSecret(uid, "s"), secret)).status).toBe(200);
  });

  it("makes a secret once, and leaves alone what somebody else made", async () => {
    const { uid } = await operator.installation.putVault({ name: "made", epoch });
    const path = routes.manageSecret(uid, "generated");
    const put = (owner: string) => send("PUT", path, { ...ownedBy(owner), generate });
    const { result: first, rows } = await traced(() => put("owner-1"));
    expect(first.body).toMatchObject({ created: true });
    expect(rows.filter((row) => row.startsWith("value"))).toHaveLength(1);
    expect((await put("owner-1")).body).toEqual({ ...first.body, created: false });
    await refused(() => put("owner-2"), { code: "NameInUse", operation: "SecretSet" });
    const deleted = await send("DELETE", path, ownedBy("owner-2"));
    expect(deleted.body).toEqual({ deleted: false });
    expect((await send("DELETE", path, ownedBy("owner-1"))).body).toEqual({ deleted: true });
    await refused(() => put("owner-1"), {
      ...{ code: "ObjectIsDeletedButRecoverable", operation: "SecretSet" },
    });
  });

  it("forgets the host of a deleted vault, and never uses its uid again", async () => {
    const { uid } = await operator.installation.putVault({ name: "gone", epoch });
    const remove = () => send("DELETE", routes.manageVault(uid), ownedBy(uid));
    expect((await remove()).body).toEqual({ deleted: true });
    expect((await remove()).body).toEqual({ deleted: false });
    const list = { serverName: hostOf("gone"), method: "GET", path: "/secrets?api-version=7.5" };
    await expect(operator.installation.send(list)).rejects.toThrow();
    const again = vaultBody(uid, { name: "gone", epoch });
    await refused(() => send("PUT", routes.manageVault(uid), again), {
      ...{ code: "ObjectIsDeletedButRecoverable", operation: "VaultPut" },
    });
    const next = await operator.installation.putVault({ name: "gone", epoch });
    expect([next.created, next.uid === uid]).toEqual([true, false]);
  });

  it("says what is wrong with a policy, and keeps the one that it has", async () => {
    const { uid } = await operator.installation.putVault({ name: "grammar", epoch });
    const path = routes.managePolicy(uid, "p");
    const { digest } = (await send("PUT", path, policy(...conditions))).body;
    const answer = await refused(() => send("PUT", path, policy({ claim: "c", matches: ".*" })), {
      ...{ code: "BadParameter", operation: "ReleasePolicySet" },
    });
    expect(answer.body.error.message).toMatch(/policy: .*anyOf/s);
    const status = await send("GET", routes.manageVault(uid));
    expect(status.body.policies).toEqual([{ name: "p", owner: { uid: "policy-owner" }, digest }]);
  });
});
