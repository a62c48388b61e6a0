// SPDX-License-Identifier: Apache-2.0
/** The end of a retention destroys nothing in a vault with a charter: that takes an order. */

import { generateKeyPairSync } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type JsonValue, silentLog, systemClock } from "@strongroom/core";
import { createLine } from "../manage/manage-vault.ts";
import { purgeDueVaults } from "../manage/purge-vaults.ts";
import {
  daysLater,
  type ObjectStore,
  openObjectStore,
  start,
  testVault,
} from "../objects/__fixtures__/object-store.ts";
import { deleteObject } from "../objects/delete-object.ts";
import { beginPurge } from "../objects/purge-object.ts";
import { sweepOnce } from "../objects/purge-sweep.ts";
import { secretType } from "../secrets/secret-type.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import { loadVaultDirectory } from "../vaults/vault-directory.ts";
import { type Vault, vaultKey } from "../vaults/vault-record.ts";
import { charterKey } from "./charter-record.ts";

const erased = { erased: true };
const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const charter = {
  ...{ version: 1, vault: testVault.uid, serial: 1, expires: 4_000_000_000, onExpiry: "hold" },
  signers: { threshold: 1, keys: [publicKey.export({ format: "jwk" }) as unknown as JsonValue] },
  authorities: [
    { name: "a", issuer: "https://i", roots: ["ab".repeat(32)], classes: ["hardware"] },
  ],
  policies: [],
};
const vault: Vault = { ...testVault, chartered: true };

describe("a vault with a charter", () => {
  let store: ObjectStore;
  beforeEach(async () => {
    store = await openObjectStore();
    const record = { digest: "d", taken: 0, signedBy: [], charter };
    await store.act((tx) => tx.put(charterKey(vault.uid), record));
    await store.set("a", "one", vault);
    await store.set("b", "two", vault);
  });
  afterEach(async () => {
    await store[Symbol.asyncDispose]();
  });

  const act = async (record: Vault, at: Date, work: typeof sweepOnce | typeof purgeDueVaults) => {
    await store.act((tx) => tx.put(vaultKey(record.uid), { ...record }));
    const directory = await loadVaultDirectory(store.ledger);
    const clock = { ...systemClock, now: () => at };
    const parts = { ledger: store.ledger, directory, types: [secretType], clock, log: silentLog };
    const { signal } = new AbortController();
    await work({ ...parts, oneAtATime: createLine() }, signal);
    return directory;
  };

  it("keeps deleted objects beyond their retention, and ends a purge that an order has begun", async () => {
    for (const name of ["a", "b"]) {
      await store.act((tx) => deleteObject(tx, secretType, { vault, name, at: start }));
    }
    await store.act((tx) => beginPurge(tx, secretType, { vault, name: "b", at: start }));
    await act(vault, daysLater(400), sweepOnce);
    expect(await store.versions("a")).not.toEqual([erased]);
    expect(await store.versions("b")).toEqual([erased]);
    await act(testVault, daysLater(400), sweepOnce);
    expect(await store.versions("a")).toEqual([erased]);
  });

  it("stays deleted as a whole until an order purges it, which is used up", async () => {
    const deleted = { ...vault, deleted: toSeconds(start) };
    await act(deleted, daysLater(400), purgeDueVaults);
    expect(await store.versions("a")).not.toEqual([erased]);
    const key = { scope: vault.uid, id: "order/purge/vault" };
    const order = { id: "o", expires: toSeconds(daysLater(401)), used: false };
    await store.act((tx) => tx.put(key, order));
    await act(deleted, daysLater(402), purgeDueVaults);
    expect(await store.versions("a")).not.toEqual([erased]);
    const directory = await act(deleted, daysLater(400), purgeDueVaults);
    expect(await store.versions("a")).toEqual([erased]);
    expect(directory.deleted()).toEqual([]);
    expect((await store.ledger.read(key))?.body).toEqual({ ...order, used: true });
  });
});
