// SPDX-License-Identifier: Apache-2.0
/** A store that is full, and one that cannot be written: nothing is answered unrecorded, and nobody has to restart. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { errorTable } from "@strongroom/core";
import type { Answer } from "./fixtures/exchange.ts";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { remount } from "./fixtures/mount-small.ts";
import { hostOf } from "./fixtures/names.ts";
import { rolesOfOfficer } from "./fixtures/roles-of-officer.ts";
import { readStored, traceOf } from "./fixtures/stored.ts";

const storeBytes = 3 << 20;
/** More than the store holds, and little enough to be over soon. */
const writes = 400;

describe("a vault whose store is full", () => {
  let installation: Installation;
  const written = new Map<string, string>();

  const call = async (method: string, name: string, body?: object) =>
    await installation.send({
      ...{ serverName: hostOf("full"), method, path: `/secrets/${name}?api-version=7.5`, body },
      token: await installation.oidc.token("officer"),
    });
  const expectUnavailable = (answer: Answer) => {
    const { code } = answer.body.error.innererror;
    expect([answer.status, ["AuditUnavailable", "StoreUnavailable"].includes(code)]).toEqual([
      503,
      true,
    ]);
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
  };

  beforeAll(async () => {
    installation = await startInstallation({ storeBytes });
    const roleAssignments = rolesOfOfficer(installation);
    await installation.putVault({ name: "full", spec: { roleAssignments } });
  }, 60_000);
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  it("says so to who writes, and keeps what it acknowledged", async () => {
    let answer: Answer | undefined;
    for (let i = 0; i < writes && (answer === undefined || answer.status === 200); i += 1) {
      const [name, value] = [`filler-${i}`, `${i} `.repeat(5_000)];
      answer = await call("PUT", name, { value });
      if (answer.status === 200) {
        written.set(name, value);
      }
    }
    expect(written.size).toBeGreaterThan(10);
    expectUnavailable(answer as Answer);
  }, 120_000);

  it("answers no value whose reading it cannot record", async () => {
    const [name = "", value = ""] = [...written][0] ?? [];
    // The last bytes may still hold a small leaf.
    let refused: Answer | undefined;
    for (let i = 0; i < writes && refused === undefined; i += 1) {
      const { result, leaves } = await traceOf(installation.folders.storeFile, () =>
        call("GET", name),
      );
      expect([result.status, leaves.length]).toEqual(result.status === 200 ? [200, 1] : [503, 0]);
      refused = result.status === 200 ? undefined : result;
    }
    expectUnavailable(refused as Answer);
    expect(refused?.text).not.toContain(value.slice(0, 10));
  }, 120_000);

  it("goes on by itself when there is room again, and has everything", async () => {
    const pid = installation.vault.pid();
    await remount(installation.folders.store, `size=${storeBytes * 8}`);
    expect((await call("PUT", "later", { value: "later" })).status).toBe(200);
    for (const [name, value] of written) {
      expect((await call("GET", name)).body.value).toBe(value);
    }
    expect(installation.vault.pid()).toBe(pid);
    await installation.vault.stop();
    await installation.vault.start();
    expect((await call("GET", "later")).body.value).toBe("later");
  }, 120_000);

  it("does not start over a store that cannot be written, and starts when it can", async () => {
    await installation.vault.stop();
    const before = readStored(installation.folders.storeFile);
    await remount(installation.folders.store, "ro");
    expect(await installation.vault.startInVain()).toBe(errorTable.StoreUnavailable.exit);
    await remount(installation.folders.store, "rw");
    await installation.vault.start();
    expect((await call("GET", "later")).body.value).toBe("later");
    expect(readStored(installation.folders.storeFile).leaves.length).toBe(before.leaves.length + 2);
  }, 60_000);
});
