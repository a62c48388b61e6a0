// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { silentLog, systemClock } from "@strongroom/core";
import {
  daysLater,
  type ObjectStore,
  openObjectStore,
  start,
  testVault,
} from "../objects/__fixtures__/object-store.ts";
import { deleteObject } from "../objects/delete-object.ts";
import { secretType } from "../secrets/secret-type.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import { loadVaultDirectory } from "../vaults/vault-directory.ts";
import { type Vault, vaultKey } from "../vaults/vault-record.ts";
import { createLine } from "./manage-vault.ts";
import { purgeDueVaults } from "./purge-vaults.ts";

const erased = { erased: true };

describe("a vault that was deleted", () => {
  let store: ObjectStore;
  beforeEach(async () => {
    store = await openObjectStore();
    await store.set("a", "one");
    await store.set("b", "two");
  });
  afterEach(async () => {
    await store[Symbol.asyncDispose]();
  });

  const write = async (vault: Vault) =>
    await store.act((tx) => tx.put(vaultKey(vault.uid), { ...vault }));
  const purge = async (at: Date, signal = new AbortController().signal) => {
    const directory = await loadVaultDirectory(store.ledger);
    const clock = { ...systemClock, now: () => at };
    const parts = { ledger: store.ledger, directory, types: [secretType], clock, log: silentLog };
    await purgeDueVaults({ ...parts, oneAtATime: createLine() }, signal);
    return directory;
  };
  const isThere = async (name: string) =>
    (await store.versions(name)).some((row) => "version" in (row as object));

  it("keeps all that is in it until its retention is over", async () => {
    await write({ ...testVault, deleted: toSeconds(start) });
    await purge(daysLater(6));
    expect([await isThere("a"), await isThere("b")]).toEqual([true, true]);
  });

  it.each([true, false])(
    "loses all of it then, and is listed no more (purge protection: %s)",
    async (purgeProtection) => {
      await store.act((tx) =>
        deleteObject(tx, secretType, { vault: testVault, name: "b", at: daysLater(6) }),
      );
      await write({ ...testVault, purgeProtection, deleted: toSeconds(start) });
      const directory = await purge(daysLater(7));
      expect(await store.versions("a")).toEqual([erased]);
      // Deleted a day before its vault was due, and kept no longer for that.
      expect(await store.versions("b")).toEqual([erased]);
      expect(directory.deleted()).toEqual([]);
      expect(directory.byUid(testVault.uid)?.purged).toBe(toSeconds(daysLater(7)));
    },
  );

  it("is left alone while it is not deleted, however old", async () => {
    await write(testVault);
    await purge(daysLater(1_000));
    expect(await isThere("a")).toBe(true);
  });

  it("is not said to be purged when the purge was interrupted", async () => {
    await write({ ...testVault, deleted: toSeconds(start) });
    const stop = new AbortController();
    stop.abort();
    await expect(purge(daysLater(7), stop.signal)).rejects.toThrow("abort");
    expect((await loadVaultDirectory(store.ledger)).deleted()).toHaveLength(1);
    await purge(daysLater(8));
    expect(await isThere("a")).toBe(false);
  });
});
