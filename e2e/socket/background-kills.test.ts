// SPDX-License-Identifier: Apache-2.0
/**
 * What the vault does by itself, and SIGKILL in the midst of it: retentions that end, and rotations of keys, secrets and
 * certificates. Whatever moment it was, nothing is half purged, nothing is lost that was not due, and what was due has
 * one new version in the end.
 */

import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { routes } from "@strongroom/api";
import {
  actOn,
  counts,
  type DueVaults,
  makeDueWork,
  makeTurning,
  monthMs,
  value,
} from "./fixtures/due-work.ts";
import { type Installation, startInstallation, vaultBody } from "./fixtures/installation.ts";
import { seeded } from "./fixtures/kill-cycles.ts";
import { verifyAudit } from "./fixtures/offline.ts";
import { operatorCalls } from "./fixtures/operator-calls.ts";
import { rolesOfOfficer } from "./fixtures/roles-of-officer.ts";
import { countLeaves, readStoredObjects, type StoredObject } from "./fixtures/stored-objects.ts";

jest.setTimeout(900_000);

const cycles = Number(process.env["STRONGROOM_BACKGROUND_KILLS"] ?? 6);
/** Leaves after a start that are waited for at most before a kill; a fast machine has written more of them until it comes. */
const reach = 6;
/** Milliseconds for the vault to do all of it, on a busy machine. */
const patience = 240_000;
const turned = /\/(certificate-)?turned-/;
const second = /\/(certificate-)?second-/;
const due = /\/(gone|(certificate-)?(turned|second))-/;

describe("the vault's own work", () => {
  let installation: Installation;
  let uids: DueVaults;
  const before = new Map<string, number>();

  beforeAll(async () => {
    installation = await startInstallation({ movableClock: true });
    uids = await makeDueWork(installation);
    await installation.vault.stop();
    remember();
  });
  afterAll(async () => {
    await installation?.[Symbol.asyncDispose]();
  });

  const stored = () => readStoredObjects(installation.folders.storeFile);
  const objects = (pattern: RegExp, scope = uids.short): readonly StoredObject[] =>
    stored().filter((object) => object.scope === scope && pattern.test(object.id));
  const remember = () => {
    for (const { scope, id, versions } of stored()) {
      before.set(`${scope}/${id}`, versions);
    }
  };
  /** Versions that came since the store was made. */
  const versionsMore = ({ scope, id, versions }: StoredObject) =>
    versions - (before.get(`${scope}/${id}`) ?? 0);
  const isDue = ({ scope, id }: StoredObject) =>
    scope === uids.short ? due.test(id) : scope === uids.shortGone;
  const expectNothingHalf = () => {
    const all = stored();
    expect(all.flatMap(({ faults }) => faults)).toEqual([]);
    expect(all.filter((object) => !isDue(object) && versionsMore(object) !== 0)).toEqual([]);
    expect(all.filter((object) => versionsMore(object) > 1)).toEqual([]);
  };
  const isLeft = () =>
    [...objects(/\/gone-/), ...objects(/./, uids.shortGone)].some(({ isPurged }) => !isPurged) ||
    objects(turned).some((object) => versionsMore(object) < 1);
  const leaves = () => countLeaves(installation.folders.storeFile);
  const until = async (what: string, condition: () => boolean, pause = 200) => {
    for (const end = Date.now() + patience; !condition(); await delay(pause)) {
      if (Date.now() > end) {
        throw new Error(`in vain: ${what}\n${installation.vault.output().slice(-4_000)}`);
      }
    }
  };

  it("is taken up where a kill of the vault or of the HSM host interrupted it, and done once", async () => {
    const random = seeded(20_261_127);
    let interrupted = 0;
    for (let cycle = 0; cycle < cycles && isLeft(); cycle += 1) {
      const reached = leaves() + 2 + Math.floor(random() * reach);
      await installation.vault.startMoved(monthMs);
      await until("work", () => leaves() >= reached || !isLeft(), 1);
      const killsHsm = random() < 0.3;
      if (killsHsm) {
        await installation.hsm.stop("SIGKILL");
        await delay(random() * 300);
      }
      await installation.vault.stop("SIGKILL");
      interrupted += Number(isLeft());
      expectNothingHalf();
      await (killsHsm ? installation.hsm.start() : undefined);
    }
    // However much of the work is done between two kills, more than one of them was in the midst of it.
    expect(interrupted).toBeGreaterThan(1);
    await installation.vault.startMoved(monthMs);
    await until("an end", () => !isLeft());
    await installation.vault.stop("SIGKILL");
    expectNothingHalf();
    const rotated = objects(turned).map(versionsMore);
    expect(rotated).toEqual(rotated.map(() => 1));
    expect(rotated).toHaveLength(2 * counts.turned + 3 * counts.certificates);
  });

  it("left what was not due, gave names free, and rotated to what works", async () => {
    await installation.vault.start();
    const short = actOn(installation, "short");
    for (const path of ["/keys/turned-0", "/keys/turned-1", "/keys/turned-3"]) {
      const digest = Buffer.alloc(32, 7).toString("base64url");
      const versions = (await short("GET", `${path}/versions`)).body.value;
      for (const { kid } of versions) {
        await short("POST", `${new URL(kid).pathname}/sign`, { alg: "ES256", value: digest });
      }
      expect(versions).toHaveLength(2);
    }
    expect((await short("GET", "/secrets/turned-0")).body.value).toMatch(/^[A-Za-z0-9]{20}$/);
    expect((await short("GET", "/secrets/stays-0")).body.value).toBe(value);
    await short("PUT", "/secrets/gone-long", { value: "made anew" });
    await short("POST", "/keys/gone-0/create", { kty: "EC" });
    const long = actOn(installation, "long");
    for (let index = 0; index < counts.left; index += 1) {
      await long("POST", `/deletedsecrets/gone-${index}/recover`);
      expect((await long("GET", `/secrets/gone-${index}`)).body.value).toBe(value);
    }
    expect(await recovered("longGone")).toEqual([200, counts.left]);
    expect(await recovered("shortGone")).toEqual([200, 0]);
  });
  /** What a SecretVault gets that asks for a deleted vault: the answer, and how many secrets are in it. */
  const recovered = async (which: "longGone" | "shortGone") => {
    const uid = uids[which];
    const name = which === "longGone" ? "long-gone" : "short-gone";
    const spec = { recover: uid, roleAssignments: rolesOfOfficer(installation) };
    const body = { ...vaultBody(uid, { name, spec }), owner: { uid: "another" } };
    const { send } = operatorCalls(installation);
    const { status, body: answer } = await send("PUT", routes.manageVault(uid), body);
    return [status, answer.counts?.secrets];
  };

  it("goes on by itself where the HSM host alone was killed and came back", async () => {
    await makeTurning(actOn(installation, "short"), "second", counts.turned);
    await installation.vault.stop();
    remember();
    const isOver = () => objects(second).every((object) => versionsMore(object) === 1);
    const reached = leaves() + 8;
    await installation.vault.startMoved(monthMs);
    await until("work", () => leaves() >= reached, 1);
    const pid = installation.vault.pid();
    const said = installation.vault.output().length;
    await installation.hsm.stop("SIGKILL");
    await until("a word of it", () =>
      installation.vault.output().slice(said).includes('"a key that is due stays for now"'),
    );
    expect(isOver()).toBe(false);
    await installation.hsm.start();
    // The next look at what is due is a minute later, and that at certificates ten.
    await installation.vault.setClock(monthMs + 11 * 60_000);
    await until("an end", isOver);
    expect(installation.vault.pid()).toBe(pid);
    await installation.vault.stop();
    expectNothingHalf();
    expect(await verifyAudit(installation)).toMatch(/: 0 findings$/);
  });
});
