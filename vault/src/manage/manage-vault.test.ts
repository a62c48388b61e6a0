// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type PutVaultRequest, secretVaultSpecSchema } from "@strongroom/api";
import { fakeHeadSigner } from "../ledger/__fixtures__/fake-head-signer.ts";
import { openTestLedger, type TestLedger } from "../ledger/__fixtures__/open-test-ledger.ts";
import { loadVaultDirectory } from "../vaults/vault-directory.ts";
import { createLine, manageVault, removeVault, type VaultManagementDeps } from "./manage-vault.ts";

const uid = "vault-uid";
const call = { epoch: 1, generation: 1, owner: { uid } };
const request: PutVaultRequest = {
  ...{ ...call, name: "shop", namespace: "team" },
  spec: secretVaultSpecSchema.parse({}),
};
const context = {
  at: new Date("2026-01-01T00:00:00Z"),
  ...{ correlationId: "c", callerIpAddress: "192.0.2.1", requestUri: "/" },
  caller: {
    principal: { issuer: "i", subject: "operator" },
    installationRoles: ["operator" as const],
    tokenHash: new Uint8Array(32),
  },
};

describe("management of a vault of whose last write the caller never heard", () => {
  let folder: string;
  let opened: TestLedger;
  let made: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "manage-"));
    opened = await openTestLedger(join(folder, "vault.db"), fakeHeadSigner());
    made = [];
  });
  afterEach(async () => {
    await opened[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  /** A process that knows the vaults that were there when it began to. */
  const start = async (): Promise<VaultManagementDeps> => {
    const keys = {
      create: async () => {
        made.push("key");
        return { blob: `key ${made.length}` };
      },
      forget: () => undefined,
    };
    const hsm = { status: async () => ({ domain: "none", enforcedBy: "host" }) };
    return {
      ledger: opened.ledger,
      directory: await loadVaultDirectory(opened.ledger),
      naming: { clusterDomain: "cluster.local", clusterIssuer: "k", isTaken: () => false },
      oneAtATime: createLine(),
      ...({ keys, hsm } as unknown as Pick<VaultManagementDeps, "keys" | "hsm" | "derive">),
    };
  };

  it("makes no second data key for a vault that is there", async () => {
    const unaware = await start();
    await manageVault(await start(), context, uid, request);
    const answer = await manageVault(unaware, context, uid, request);
    expect([answer.created, made]).toEqual([false, ["key"]]);
    expect(unaware.directory.byHost("shop.team.svc")?.uid).toBe(uid);
  });

  it("forgets the host of a vault that is deleted already", async () => {
    const unaware = await start();
    await manageVault(unaware, context, uid, request);
    await removeVault(await start(), context, uid, call);
    expect(await removeVault(unaware, context, uid, call)).toEqual({ deleted: false });
    expect(unaware.directory.byHost("shop.team.svc")).toBeUndefined();
  });
});
