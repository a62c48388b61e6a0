// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { maxNamedObjects } from "@strongroom/api";
import { secretType } from "../secrets/secret-type.ts";
import { sealSecret, writeSecret } from "../secrets/write-secret.ts";
import { policyKey, policyRecordSchema, readRecord } from "../vaults/vault-record.ts";
import {
  derive,
  type ObjectStore,
  openObjectStore,
  start,
  testVault,
} from "./__fixtures__/object-store.ts";
import { type GovernPlace, governNext } from "./governance.ts";
import { governBatch } from "./limits.ts";
import { objectRecordSchema } from "./object-record.ts";
import { readObject } from "./read-object.ts";

const uid = testVault.uid;

describe("a policy over more objects than one transaction marks", () => {
  let store: ObjectStore;
  beforeEach(async () => {
    store = await openObjectStore();
    const names = Array.from({ length: governBatch + 20 }, (_, i) => nameOf(i));
    const sealed = await Promise.all(
      names.map((name) => sealSecret(derive, testVault, name, new Uint8Array(4))),
    );
    await store.act(async (tx) => {
      for (const [i, each] of sealed.entries()) {
        const write = {
          vault: testVault,
          name: nameOf(i),
          sealed: each,
          attributes: {},
          at: start,
        };
        await writeSecret(tx, write);
      }
    });
    await store.govern("policy", "s*");
  }, 30_000);
  afterEach(async () => {
    await store[Symbol.asyncDispose]();
  });

  const nameOf = (i: number) => `s${String(i).padStart(5, "0")}`;
  const last = nameOf(governBatch + 19);
  const mark = (from?: GovernPlace) =>
    store.act(async (tx) => {
      const policy = await readRecord(tx, policyKey(uid, "policy"), policyRecordSchema);
      if (policy === undefined) {
        throw new Error("there is no policy");
      }
      return await governNext(tx, uid, policy, from);
    });
  const governedIn = async (name: string) => ({
    record: objectRecordSchema.parse(await store.object(name)).governed,
    read: (await store.act((tx) => readObject(tx, testVault, secretType, name)))?.governed,
  });

  it("governs the last of them from the first transaction on, and over a restart in the middle", async () => {
    const first = await mark();
    expect(first.governed).toBe(governBatch);
    expect(await governedIn(last)).toEqual({ record: [], read: ["policy"] });
    store = await store.restart();
    expect(await governedIn(last)).toEqual({ record: [], read: ["policy"] });

    const second = await mark(first.next);
    const names = Array.from(
      { length: maxNamedObjects },
      (_, at) => `secrets/${nameOf(governBatch + at)}`,
    );
    expect(second).toEqual({ governed: 20, names, next: undefined });
    expect(await governedIn(last)).toEqual({ record: ["policy"], read: ["policy"] });
  });

  it("governs them all the same where it was deleted before it was through", async () => {
    await mark();
    await store.govern("policy", "s*", true);
    expect((await governedIn(last)).read).toEqual(["policy"]);
  });

  it("marks an object that is written meanwhile", async () => {
    await mark();
    await store.set(last, "new value");
    expect((await governedIn(last)).record).toEqual(["policy"]);
  });
});
