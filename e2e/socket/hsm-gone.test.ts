// SPDX-License-Identifier: Apache-2.0
/** The HSM host is killed under load and comes back: nothing is answered unrecorded, and the vault is not restarted. */

import { randomUUID } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Answer } from "./fixtures/exchange.ts";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { hostOf } from "./fixtures/names.ts";
import { verifyAudit } from "./fixtures/offline.ts";
import { rolesOfOfficer } from "./fixtures/roles-of-officer.ts";
import { readStored } from "./fixtures/stored.ts";

/** How long the vault may take to write a checkpoint, or to find the HSM host again, in milliseconds. */
const patience = 60_000;
/** How long the HSM host stays away, in milliseconds. */
const absence = 3_000;
const clients = 6;
const value = "what the HSM guards";
const digest = Buffer.alloc(32, 1).toString("base64url");

interface Sent {
  readonly id: string;
  readonly answer: Answer;
}

describe("a vault whose HSM host is killed after a checkpoint", () => {
  let installation: Installation;
  let token: string;
  const answered: Sent[] = [];

  const send = async (method: string, path: string, body?: object): Promise<Sent> => {
    const id = randomUUID();
    const answer = await installation.send({
      ...{ serverName: hostOf("guarded"), method, path: `${path}?api-version=7.5`, body, token },
      headers: { "x-ms-client-request-id": id },
    });
    return { id, answer };
  };
  const until = async (what: string, condition: () => Promise<boolean> | boolean) => {
    const deadline = Date.now() + patience;
    while (!(await condition())) {
      if (Date.now() > deadline) {
        throw new Error(`in vain: ${what}`);
      }
      await delay(100);
    }
  };
  const hasCheckpoint = () => {
    const db = new DatabaseSync(installation.folders.storeFile, { readOnly: true });
    const row = db.prepare("select max(length(bytes)) as bytes from checkpoints").get();
    db.close();
    return Number(row?.["bytes"] ?? 0) > 0;
  };
  /** Asks without pause, for what needs the HSM and what needs only the store, until `work` is done. */
  const underLoad = async (work: () => Promise<void>) => {
    let isOver = false;
    const acts: (() => Promise<Sent>)[] = [
      () => send("GET", "/secrets/kept"),
      () => send("PUT", `/secrets/made-${answered.length % 50}`, { value }),
      () => send("POST", "/keys/signing/sign", { alg: "ES256", value: digest }),
    ];
    const running = Array.from({ length: clients }, async (_, client) => {
      for (let turn = client; !isOver; turn += 1) {
        answered.push((await (acts[turn % acts.length] ?? acts[0])?.()) as Sent);
      }
    });
    await work();
    isOver = true;
    await Promise.all(running);
  };
  const operate = async () => {
    const all = [
      await send("GET", "/secrets/kept"),
      await send("PUT", "/secrets/after", { value }),
      await send("POST", "/keys/signing/sign", { alg: "ES256", value: digest }),
    ];
    return all.map(({ answer }) => answer.status);
  };

  beforeAll(async () => {
    installation = await startInstallation();
    const roleAssignments = rolesOfOfficer(installation);
    await installation.putVault({
      name: "guarded",
      spec: { protection: "HSM", roleAssignments },
    });
    token = await installation.oidc.token("officer");
    await send("PUT", "/secrets/kept", { value });
    await send("POST", "/keys/signing/create", { kty: "EC-HSM", crv: "P-256" });
    await until("a checkpoint", hasCheckpoint);
  }, 240_000);
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  it("says 503 while it is away, and serves again by itself when it is back", async () => {
    const pid = installation.vault.pid();
    await underLoad(async () => {
      await until("answers before", () => answered.length > 30);
      await installation.hsm.stop("SIGKILL");
      await delay(absence);
      await installation.hsm.start();
      await until("everything again", async () =>
        (await operate()).every((status) => status === 200),
      );
    });
    expect(installation.vault.pid()).toBe(pid);
    const statuses = new Set(answered.map(({ answer }) => answer.status));
    expect([...statuses].sort()).toEqual([200, 503]);
    for (const { answer } of answered.filter(({ answer: { status } }) => status === 503)) {
      expect(answer.body.error.innererror.code).toMatch(/^(HsmUnavailable|AuditUnavailable)$/);
      expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
      expect(answer.text).not.toContain(value);
    }
  }, 240_000);

  it("has a leaf for all that it granted, and no log that does not verify", async () => {
    const recorded = new Set(
      readStored(installation.folders.storeFile)
        .leaves.filter(({ event }) => event.resultType === "Success")
        .map(({ event }) => event.correlationId),
    );
    const granted = answered.filter(({ answer }) => answer.status === 200);
    expect(granted.filter(({ id }) => !recorded.has(id))).toEqual([]);
    await installation.vault.stop("SIGKILL");
    expect(await verifyAudit(installation)).toMatch(/: 0 findings$/);
  }, 120_000);

  it("starts from the checkpoint afterwards, and has everything", async () => {
    await installation.vault.start();
    expect((await send("GET", "/secrets/kept")).answer.body.value).toBe(value);
    const made = answered.filter(
      ({ answer }) => answer.status === 200 && answer.body.id?.includes("/made-"),
    );
    expect(made.length).toBeGreaterThan(0);
    for (const { answer } of made) {
      const { pathname } = new URL(answer.body.id);
      expect((await send("GET", pathname)).answer.body.value).toBe(value);
    }
  }, 240_000);
});
