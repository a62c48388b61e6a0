// SPDX-License-Identifier: Apache-2.0
/** Somebody writes to the store of a running vault: what was changed is not answered, and the log says why. */

import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { errorTable } from "@strongroom/core";
import { openShop, type Shop } from "./fixtures/shop.ts";
import { traceOf } from "./fixtures/stored.ts";

describe("a vault whose store somebody changes", () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop();
  }, 60_000);
  afterAll(async () => {
    await shop[Symbol.asyncDispose]();
  });

  const storeFile = () => shop.installation.folders.storeFile;
  const edit = (sql: string) => {
    const db = new DatabaseSync(storeFile());
    expect(Number(db.prepare(sql).run().changes)).toBe(1);
    db.close();
  };
  const unavailable = expect.objectContaining({
    status: 503,
    body: { error: expect.objectContaining({ innererror: { code: "StoreTampered" } }) },
  });

  it("records who asks, how and with what", async () => {
    const { leaves } = await traceOf(storeFile(), () => shop.api("GET", "/secrets/api-key"));
    expect(leaves[0]?.event).toMatchObject({
      ...{ operationName: "SecretGet", operationVersion: "7.5", resultType: "Success" },
      durationMs: expect.any(Number),
      properties: {
        tlsVersion: "TLSv1.3",
        clientInfo: "",
        requestUri: "/secrets/api-key?api-version=7.5",
      },
    });
  });

  it("hands out no value that was changed after it was granted, and records that it was not", async () => {
    edit("update sealed_values set sealed = x'01' where id like 'version/secrets/db-password/%'");
    const { result, leaves } = await traceOf(storeFile(), () => shop.ask());
    expect(result).toEqual(unavailable);
    const [granted, undone] = leaves.map(({ event, index }) => ({ ...event, index }));
    expect(granted).toMatchObject({ operationName: "SecretRelease", resultType: "Success" });
    expect(undone).toMatchObject({
      ...{
        operationName: "SecretRelease",
        resultType: "Failure",
        resultSignature: "StoreTampered",
      },
      properties: { undone: { log: leaves[0]?.log, index: granted?.index } },
    });
  });

  it("answers nothing of a record that was changed, though it has just been read", async () => {
    expect((await shop.api("GET", "/secrets/api-key")).status).toBe(200);
    edit("update records set mac = zeroblob(32) where id = 'object/secrets/api-key'");
    // The commit of this one notices that somebody else has written.
    await shop.api("GET", "/secrets/nothing");
    expect(await shop.api("GET", "/secrets/api-key")).toEqual(unavailable);
  });

  it("does not start over it", async () => {
    await shop.installation.vault.stop();
    expect(await shop.installation.vault.startInVain()).toBe(errorTable.StoreTampered.exit);
  });
});
