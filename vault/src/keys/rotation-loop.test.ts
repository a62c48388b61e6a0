// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Clock, Log } from "@strongroom/core";
import {
  daysLater,
  derive,
  type ObjectStore,
  openObjectStore,
  start,
  testVault,
} from "../objects/__fixtures__/object-store.ts";
import { deleteObject } from "../objects/delete-object.ts";
import { objectKey, versionPrefix } from "../objects/object-record.ts";
import { findVersion } from "../objects/read-object.ts";
import type { VaultDirectory } from "../vaults/vault-directory.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { type FoundKey, keyKind } from "./key-kind.ts";
import { generateKey, type KeyMakerDeps, type KeyPlan } from "./prepare-key.ts";
import { rotationPolicyKey } from "./rotate-key.ts";
import { type RotationDeps, rotateOnce } from "./rotation-loop.ts";
import { rotationPolicyOf } from "./rotation-policy.ts";
import { updateKey, writeKey } from "./write-key.ts";

let store: ObjectStore;
let failures: string[];
beforeEach(async () => {
  store = await openObjectStore();
  failures = [];
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
});

const maker = { derive: () => derive } as unknown as KeyMakerDeps;
const seconds = (at: Date): number => at.getTime() / 1_000;

async function makeKey(name: string, more: Partial<KeyPlan> = {}): Promise<void> {
  const plan: KeyPlan = {
    ...{ vault: testVault, name, type: "ec-p256", protection: "software" },
    ...{ operations: ["sign"], exportable: false, releasePolicy: undefined, ...more },
  };
  const prepared = await generateKey(maker, plan, undefined);
  const attributes = { tags: { team: "a" }, exp: seconds(daysLater(60)) };
  const write = { vault: testVault, name, prepared, attributes, at: start };
  await store.act((tx) => writeKey(tx, "create", write));
}

async function setPolicy(name: string, type: string, trigger: object): Promise<void> {
  const wire = {
    lifetimeActions: [{ trigger, action: { type } }],
    attributes: { expiryTime: "P90D" },
  };
  const policy = rotationPolicyOf(wire, seconds(start), undefined);
  await store.act((tx) => tx.put(rotationPolicyKey(testVault, name), { ...policy }));
}

async function lookAt(at: Date, more: Partial<KeyMakerDeps> = {}): Promise<void> {
  const deps = {
    ...{ ledger: store.ledger, ...maker, ...more },
    clock: { now: () => at } as Clock,
    directory: { all: () => [testVault as Vault] } as unknown as VaultDirectory,
    log: { failure: (message: string) => failures.push(message) } as unknown as Log,
  } as RotationDeps;
  await rotateOnce(deps, new AbortController().signal);
}

async function versionsOf(name: string): Promise<number> {
  const rows = await store.ledger.list(testVault.uid, versionPrefix("keys", name), { limit: 100 });
  return rows.length;
}

async function current(name: string): Promise<FoundKey> {
  return await findVersion(store.ledger, testVault, keyKind, { name });
}

describe("rotation by policy", () => {
  test("makes the next version when its time has come, once, with the policy's expiry", async () => {
    await makeKey("due");
    await setPolicy("due", "Rotate", { timeAfterCreate: "P7D" });
    const before = await current("due");
    await lookAt(daysLater(6));
    expect(await versionsOf("due")).toBe(1);
    await lookAt(daysLater(7));
    await lookAt(daysLater(8));
    expect(await versionsOf("due")).toBe(2);
    const { version } = await current("due");
    expect(version).toMatchObject({
      ...{ type: "ec-p256", operations: ["sign"], tags: { team: "a" }, enabled: true },
      ...{ created: seconds(daysLater(7)), exp: seconds(daysLater(97)) },
    });
    expect(version.publicKey).not.toBe(before.version.publicKey);
    await lookAt(daysLater(14));
    expect(await versionsOf("due")).toBe(3);
  });

  test("rotates before the expiry", async () => {
    await makeKey("expiring");
    await setPolicy("expiring", "Rotate", { timeBeforeExpiry: "P10D" });
    await lookAt(daysLater(49));
    expect(await versionsOf("expiring")).toBe(1);
    await lookAt(daysLater(50));
    expect(await versionsOf("expiring")).toBe(2);
  });

  test("makes nothing of a version that was changed meanwhile, and the next look makes it of what is there then", async () => {
    await makeKey("due");
    await setPolicy("due", "Rotate", { timeBeforeExpiry: "P30D" });
    const change = async () => {
      const change = { wire: { key_ops: ["verify"] }, attributes: { tags: {} }, at: start };
      const existing = await current("due");
      await store.act((tx) => updateKey(tx, existing, change));
    };
    const changing: KeyMakerDeps["derive"] =
      () =>
      async (...asked) => {
        await change();
        return await derive(...asked);
      };
    await lookAt(daysLater(31), { derive: changing });
    expect(await versionsOf("due")).toBe(1);
    await lookAt(daysLater(31));
    expect(await versionsOf("due")).toBe(2);
    expect((await current("due")).version).toMatchObject({ operations: ["verify"], tags: {} });
  });

  test("leaves keys alone that are disabled, deleted or a certificate's", async () => {
    for (const name of ["disabled", "deleted", "managed"]) {
      await makeKey(name);
      await setPolicy(name, "Rotate", { timeAfterCreate: "P7D" });
    }
    const change = { wire: {}, attributes: { enabled: false }, at: start };
    const found = await current("disabled");
    await store.act((tx) => updateKey(tx, found, change));
    const act = { vault: testVault, name: "deleted", at: start };
    await store.act((tx) => deleteObject(tx, keyKind, act));
    const { object } = await current("managed");
    const key = objectKey(testVault.uid, "keys", "managed");
    await store.act((tx) => tx.put(key, { ...object, managed: true }));
    await lookAt(daysLater(30));
    expect([await versionsOf("disabled"), await versionsOf("deleted")]).toEqual([1, 1]);
    expect(await versionsOf("managed")).toBe(1);
    expect(failures).toEqual([]);
  });

  test("a key whose next version cannot be made keeps no other from its turn", async () => {
    // There is no HSM here.
    await makeKey("a-failing");
    await makeKey("b-due");
    for (const name of ["a-failing", "b-due"]) {
      await setPolicy(name, "Rotate", { timeAfterCreate: "P7D" });
    }
    const { key, version } = await current("a-failing");
    await store.act((tx) => tx.put(key, { ...version, protection: "hsm" } as never));
    await lookAt(daysLater(7));
    expect([await versionsOf("a-failing"), await versionsOf("b-due")]).toEqual([1, 2]);
    expect(failures).toEqual(["a key that is due stays for now"]);
  });
});

test("announces near expiry once for each expiry", async () => {
  await makeKey("noted");
  await setPolicy("noted", "Notify", { timeBeforeExpiry: "P30D" });
  await lookAt(daysLater(29));
  expect((await current("noted")).version.notifiedExp).toBeUndefined();
  await lookAt(daysLater(30));
  const { version } = await current("noted");
  expect(version.notifiedExp).toBe(version.exp);
  const before = await revisionOf("noted");
  await lookAt(daysLater(31));
  expect(await revisionOf("noted")).toBe(before);
});

async function revisionOf(name: string): Promise<number> {
  const { key } = await current(name);
  return (await store.ledger.read(key))?.revision ?? 0;
}
