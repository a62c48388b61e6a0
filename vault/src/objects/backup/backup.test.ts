// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { deriveSubkey, sha256, utf8 } from "@strongroom/core";
import { secretType } from "../../secrets/secret-type.ts";
import { sealSecret, writeSecret } from "../../secrets/write-secret.ts";
import type { Vault } from "../../vaults/vault-record.ts";
import {
  derive,
  type ObjectStore,
  openObjectStore,
  start,
  testVault,
} from "../__fixtures__/object-store.ts";
import { maxBackupVersions } from "../limits.ts";
import { requireObject } from "../read-object.ts";
import type { BackupKeys } from "./backup-keys.ts";
import { createBackup } from "./create-backup.ts";
import { prepareRestore, type RestoreDeps, writeRestored } from "./restore-backup.ts";

const other: Vault = { ...testVault, uid: "other-uid" };
const keyBlob = utf8("a key in an HSM");
const backupKey = async (label: string, context: Uint8Array) =>
  deriveSubkey(sha256(keyBlob), label, context);
const backupKeys: BackupKeys = {
  of: () => backupKey,
  current: async () => ({ keyBlob, derive: backupKey }),
};

describe("backups of many versions", () => {
  let store: ObjectStore;
  beforeEach(async () => {
    store = await openObjectStore();
  });
  afterEach(async () => {
    await store[Symbol.asyncDispose]();
  });

  const deps = (): RestoreDeps => ({
    ...{ ledger: store.ledger, derive: () => derive, backupKeys, types: [secretType], carry: {} },
  });
  const write = async (count: number, bytes: number) => {
    const value = new Uint8Array(bytes).fill(0x61);
    for (let left = count; left > 0; left -= 50) {
      const sealed = await Promise.all(
        Array.from({ length: Math.min(left, 50) }, () => sealSecret(derive, testVault, "a", value)),
      );
      await store.act(async (tx) => {
        for (const each of sealed) {
          const version = { vault: testVault, name: "a", sealed: each, attributes: {}, at: start };
          await writeSecret(tx, version);
        }
      });
    }
  };
  const backUp = async () => {
    const object = await store.act((tx) => requireObject(tx, testVault, secretType, "a"));
    return await createBackup(deps(), testVault, [{ type: secretType, object }]);
  };

  it("are restored in one transaction where they are as large as they may be", async () => {
    await write(maxBackupVersions, 25_000);
    const restored = await prepareRestore(deps(), other, await backUp());
    await store.act((tx) => writeRestored(tx, other, restored));
    const rows = await store.ledger.list(other.uid, "version/secrets/a/", { limit: 10_000 });
    expect(rows).toHaveLength(maxBackupVersions);
    const last = { scope: other.uid, id: rows.at(-1)?.id ?? "" };
    expect(await store.ledger.readValue(last)).toBeDefined();
  }, 60_000);

  it("are not made where they could not be restored", async () => {
    await write(maxBackupVersions + 1, 10);
    await expect(backUp()).rejects.toMatchObject({ code: "BadParameter" });
  }, 60_000);
});
