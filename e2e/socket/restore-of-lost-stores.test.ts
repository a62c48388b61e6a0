// SPDX-License-Identifier: Apache-2.0
/** Full restores after a store was lost: over an older copy of it, into an empty one, and of the same security domain. */

import { cp, rm } from "node:fs/promises";
import { describe, expect, it, jest } from "@jest/globals";
import type { MintedCertificate } from "@strongroom/testing";
import { activationCa, asOfficer, keysOf, makeCustodians, restoreBy } from "./fixtures/domain.ts";
import { ended, onHost, onVault } from "./fixtures/full-backup.ts";
import { administrator } from "./fixtures/oidc-issuer.ts";
import { useRestoring } from "./fixtures/restoring.ts";

jest.setTimeout(180_000);

describe("a store that was lost", () => {
  const restoring = useRestoring();
  const { start, fill, backUp, restore, expectEverything, statusNow, leaves, rollbackIn } =
    restoring;

  it("waits over an older copy of the store, and goes on with it when somebody accepts that", async () => {
    await start();
    const installation = restoring.installation();
    await fill();
    const copy = `${installation.folders.store}.copy`;
    await installation.vault.stop();
    await cp(installation.folders.store, copy, { recursive: true });
    await installation.vault.start();
    await onVault(installation, "kept", ["PUT", "/secrets/later", { value: "later" }]);
    await installation.vault.stop();
    await rm(installation.folders.store, { recursive: true });
    await cp(copy, installation.folders.store, { recursive: true });
    await installation.vault.startRefusing();
    const waiting = { ca: activationCa(installation) };
    const { state, reason, head } = await statusNow(waiting);
    expect([state, reason]).toEqual(["waiting", expect.stringContaining("which the HSM saw")]);
    const other = await onHost(installation, ["GET", "/strongroom/v1/domain"], waiting);
    expect([other.status, other.body.error.innererror.code]).toEqual([503, "HeadRollback"]);
    const path = "/strongroom/v1/restore/accept-rollback";
    const accept = (change = {}, who = {}) =>
      onHost(installation, ["POST", path, { acceptRollback: { ...head, ...change } }], {
        ...waiting,
        ...who,
      });
    expect((await accept({ size: head.size - 1 })).status).toBe(503);
    expect((await accept({}, { subject: administrator })).status).toBe(403);
    expect((await accept()).status).toBe(202);
    await installation.vault.serves();
    await expectEverything();
    expect((await onVault(installation, "kept", ["GET", "/secrets/later"])).status).toBe(404);
    expect(rollbackIn()).toMatchObject({ epoch: 1 });
    expect(leaves().map(({ event }) => `${event.operationName} ${event.resultSignature}`)).toEqual(
      expect.arrayContaining(["RollbackAccept Forbidden", "RollbackAcceptBegin "]),
    );
    await installation.vault.stop();
    await installation.vault.start();
    await expectEverything();
    // The copy is no way back a second time.
    await onVault(installation, "kept", ["PUT", "/secrets/later", { value: "later" }]);
    await installation.vault.stop();
    await rm(installation.folders.store, { recursive: true });
    await cp(copy, installation.folders.store, { recursive: true });
    await installation.vault.startRefusing();
  });

  it("brings a lost store back, from a backup", async () => {
    await start();
    const installation = restoring.installation();
    await fill();
    const folder = await backUp();
    await installation.vault.stop();
    await rm(installation.folders.storeFile);
    await installation.vault.startRefusing();
    const waiting = { ca: activationCa(installation) };
    const { head } = await statusNow(waiting);
    expect((await restore(folder, {}, waiting)).status).toBe(409);
    expect((await restore(folder, { acceptRollback: head }, waiting)).status).toBe(202);
    await installation.vault.serves();
    await expectEverything();
  });

  it("fills an unused installation whose token custodians have recovered", async () => {
    const custodians: readonly MintedCertificate[] = await makeCustodians(3);
    await start({ domain: "custodians" });
    const installation = restoring.installation();
    const download = { certificates: keysOf(custodians), required: 2 };
    const domain = await asOfficer(installation, activationCa(installation), (client) =>
      client.download(download),
    );
    await installation.vault.serves();
    await fill();
    const folder = await backUp();
    await installation.vault.stop();
    await installation.hsm.replaceToken();
    await rm(installation.folders.storeFile);
    await installation.vault.startWaiting();
    await asOfficer(installation, activationCa(installation), async (client) =>
      client.upload(await restoreBy(custodians.slice(1), domain, client)),
    );
    await installation.vault.serves();
    expect(await onVault(installation, "kept", ["GET", "/secrets/word"]).catch(() => 0)).toBe(0);
    const answer = await restore(folder);
    expect(await ended(installation, answer)).toMatchObject({ status: "Succeeded" });
    await expectEverything();
    expect(rollbackIn()).toMatchObject({ epoch: 1 });
  });
});
