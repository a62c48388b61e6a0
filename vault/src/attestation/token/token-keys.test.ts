// SPDX-License-Identifier: Apache-2.0
/** Rotation of the keys of attestation tokens: by the calendar, with overlap, over restarts. */

import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { attestationAuthoritySpecSchema } from "@strongroom/api";
import { type Clock, installationScope, silentLog } from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import { createLocalJWKSet, jwtVerify } from "jose";
import { installationRecords } from "../../installation/installation-keys.ts";
import { makeTokenKey } from "../../installation/token-key.ts";
import { curves } from "../../keys/software/curves.ts";
import { signEcdsa } from "../../keys/software/ecdsa.ts";
import {
  daysLater,
  type ObjectStore,
  openObjectStore,
  start,
} from "../../objects/__fixtures__/object-store.ts";
import { toRules } from "../rules/attestation-rules.ts";
import { issueToken, tokenClaims } from "./issue-token.ts";
import { takeDueStep } from "./rotate-token-keys.ts";
import { openTokenKeys, promoteNext, publishNext, signingPeriod } from "./token-keys.ts";

const minute = 60_000;
const later = (at: Date, milliseconds: number) => new Date(at.getTime() + milliseconds);

/** An HSM's keys in memory; the blob is the key's number. */
function memoryHsm(): HsmClient {
  const keys: KeyObject[] = [];
  return {
    generateKey: async () => {
      const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      keys.push(privateKey);
      const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "der" });
      return { blob: Uint8Array.of(keys.length - 1), publicKey: new Uint8Array(publicKey) };
    },
    sign: async (blob: Uint8Array, _: string, digest: Uint8Array) =>
      signEcdsa(curves["P-256"], keys[blob[0] ?? 0] as KeyObject, digest),
  } as unknown as HsmClient;
}

describe("the keys of attestation tokens", () => {
  let store: ObjectStore;
  const hsm = memoryHsm();
  const currentKey = { scope: installationScope, id: installationRecords.attestation };
  const rules = toRules(attestationAuthoritySpecSchema.parse({ tokenLifetimeSeconds: 3_600 }));

  beforeEach(async () => {
    store = await openObjectStore();
    const made = await makeTokenKey(hsm, start);
    await store.act((tx) => tx.put(currentKey, made));
  });
  afterEach(async () => {
    await store[Symbol.asyncDispose]();
  });

  const open = () => openTokenKeys(hsm, store.ledger);
  const step = (at: Date) =>
    takeDueStep({
      ...{ hsm, ledger: store.ledger, log: silentLog },
      clock: { now: () => at } as Clock,
    });
  const kids = async (at: Date) => (await open()).published(at).map(({ kid }) => kid);
  const issue = async (at: Date) => {
    const keys = await open();
    const authority = { issuer: "https://issuer.example", keys: { current: () => keys } };
    const content = { rules, claims: {}, requested: {} };
    return await issueToken(authority, tokenClaims(authority, content, at));
  };
  const isGood = async (token: string, at: Date) => {
    const keys = [...(await open()).published(at)];
    return await jwtVerify(token, createLocalJWKSet({ keys }), { currentDate: at }).then(
      () => true,
      () => false,
    );
  };

  it("are published a day before they sign, and verified for as long as their tokens live", async () => {
    const [first] = await kids(start);
    expect(await step(daysLater(88.9))).toBe("none");
    expect(await step(daysLater(89))).toBe("publish");
    expect(await step(daysLater(89.5))).toBe("none");
    const [, second] = await kids(daysLater(89.5));
    expect(second).toEqual(expect.stringMatching(/^[\w-]{43}$/));
    const last = await issue(later(daysLater(90), -minute));
    expect(await step(daysLater(90))).toBe("promote");
    expect((await open()).current.kid).toBe(second);
    expect(await kids(daysLater(90))).toEqual([second, first]);
    const end = later(daysLater(90), 59 * minute - 1_000);
    expect(await isGood(last, end)).toBe(true);
    expect(await isGood(await issue(daysLater(90)), daysLater(90))).toBe(true);
    expect(await kids(later(daysLater(90), 65 * minute))).toEqual([second]);
    expect(await step(daysLater(91))).toBe("none");
  });

  it("go on after a kill from the step that is durable", async () => {
    await step(daysLater(89));
    const before = await kids(daysLater(89));
    const token = await issue(daysLater(89));
    store = await store.restart();
    expect(await kids(daysLater(89))).toEqual(before);
    expect(await isGood(token, daysLater(89))).toBe(true);
    expect(await step(daysLater(90))).toBe("promote");
    store = await store.restart();
    expect((await open()).current.kid).toBe(before[1]);
    expect(await step(daysLater(90))).toBe("none");
  });

  it("are no two next ones where two processes make one, and promote none that is not there", async () => {
    const one = await makeTokenKey(hsm, start);
    const two = await makeTokenKey(hsm, start);
    await store.act((tx) => promoteNext(tx, start));
    expect(await kids(start)).toHaveLength(1);
    await store.act((tx) => publishNext(tx, one));
    const published = await kids(start);
    await store.act((tx) => publishNext(tx, two));
    expect(await kids(start)).toEqual(published);
  });

  it("never sign for longer than a period in which nobody was there to rotate them", async () => {
    expect(signingPeriod).toBe(90 * 86_400_000);
    expect(await step(daysLater(400))).toBe("publish");
    expect(await step(daysLater(401))).toBe("promote");
  });

  it("open from a record of before there were rotations", async () => {
    const { blob = "", publicKey = "" } = await makeTokenKey(hsm, start);
    await store.act((tx) => tx.put(currentKey, { blob, publicKey }));
    expect(await kids(start)).toHaveLength(1);
    expect(await step(start)).toBe("publish");
    expect(await step(later(start, minute))).toBe("none");
    expect(await step(daysLater(1))).toBe("promote");
  });
});
