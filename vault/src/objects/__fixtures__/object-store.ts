// SPDX-License-Identifier: Apache-2.0
/** A vault's records in a real store, and short words for what tests do with them. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deriveSubkey, type JsonValue, sha256, utf8 } from "@strongroom/core";
import { fakeHeadSigner } from "../../ledger/__fixtures__/fake-head-signer.ts";
import { openTestLedger, testEvent } from "../../ledger/__fixtures__/open-test-ledger.ts";
import type { Ledger, LedgerTransaction } from "../../ledger/ledger.ts";
import { secretType } from "../../secrets/secret-type.ts";
import { type SealedSecret, sealSecret, writeSecret } from "../../secrets/write-secret.ts";
import { policyKey, type Vault } from "../../vaults/vault-record.ts";
import { objectKey, versionPrefix } from "../object-record.ts";

/** The vault of these tests. */
export const testVault: Vault = {
  ...{ uid: "vault-uid", name: "shop", namespace: "team", hosts: ["shop.team.svc"] },
  ...{ protection: "Software", release: "Allowed", retentionDays: 7, purgeProtection: false },
  ...{ generation: 1, created: 0, deleted: null, domains: ["team.svc"] },
};

/** When tests begin. */
export const start = new Date("2026-01-01T00:00:00Z");

/** So many days later. */
export const daysLater = (days: number): Date => new Date(start.getTime() + days * 86_400_000);

/** A data key in memory instead of in an HSM. */
export const derive = async (label: string, context: Uint8Array) =>
  deriveSubkey(sha256(utf8("data key of the tests")), label, context);

/** The store. */
export interface ObjectStore extends AsyncDisposable {
  readonly ledger: Ledger;
  /** Does something in a transaction of its own. */
  act<T>(work: (tx: LedgerTransaction) => Promise<T>): Promise<T>;
  /** Sets a secret; the id of its new version. */
  set(name: string, value: string, vault?: Vault): Promise<string>;
  /** Content of an object's record. */
  object(name: string): Promise<JsonValue | undefined>;
  /** Contents of the records of a secret's versions. */
  versions(name: string): Promise<readonly JsonValue[]>;
  /** Pins a policy over a pattern. */
  govern(policy: string, pattern: string, deleted?: boolean): Promise<void>;
  /** Another process on the same store, after this one was killed. */
  restart(): Promise<ObjectStore>;
}

/** Opens one in a folder of its own. */
export async function openObjectStore(): Promise<ObjectStore> {
  const folder = await mkdtemp(join(tmpdir(), "objects-"));
  return await open(folder, fakeHeadSigner());
}

async function open(
  folder: string,
  signer: ReturnType<typeof fakeHeadSigner>,
): Promise<ObjectStore> {
  const opened = await openTestLedger(join(folder, "vault.db"), signer);
  const { ledger } = opened;
  const act: ObjectStore["act"] = async (work) => {
    const committed = await ledger.commitBulk(async (tx) => ({
      event: testEvent("Test"),
      result: await work(tx),
    }));
    return committed.result;
  };
  const seal = (vault: Vault, name: string, value: string): Promise<SealedSecret> =>
    sealSecret(derive, vault, name, utf8(value));
  return {
    ledger,
    act,
    set: async (name, value, vault = testVault) => {
      const sealed = await seal(vault, name, value);
      const write = { vault, name, sealed, attributes: {}, at: start };
      return (await act((tx) => writeSecret(tx, write))).version.version;
    },
    object: async (name) =>
      (await ledger.read(objectKey(testVault.uid, secretType.kind, name)))?.body,
    versions: async (name) => {
      const rows = await ledger.list(testVault.uid, versionPrefix("secrets", name), {
        limit: 10_000,
      });
      return rows.map(({ body }) => body);
    },
    govern: async (policy, pattern, deleted = false) => {
      const record = { name: policy, owner: "o", kinds: ["secrets"], names: [pattern] };
      const rest = { immutable: false, policy: {}, digest: "", deleted };
      await act((tx) => tx.put(policyKey(testVault.uid, policy), { ...record, ...rest }));
    },
    restart: async () => {
      await opened[Symbol.asyncDispose]();
      return await open(folder, signer);
    },
    [Symbol.asyncDispose]: async () => {
      await opened[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
