// SPDX-License-Identifier: Apache-2.0
import { readdir } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { sha256, utf8 } from "@strongroom/core";
import { findKryoptic, mintCertificate } from "@strongroom/testing";
import {
  areUsable,
  type CeremonyHsm,
  makeKeys,
  perform,
  startHsm,
  type TestKeys,
} from "../__fixtures__/ceremonies.ts";
import {
  certificatesOf,
  makeCustodians,
  restoreBy,
  type TestCustodian,
} from "../__fixtures__/custodians.ts";
import { connect, startHost } from "../__fixtures__/host-process.ts";

const digest = sha256(utf8("message"));

// A ceremony is a process of its own, which a busy machine starts in seconds.
jest.setTimeout(120_000);

const tokens = [
  ["SoftHSM 2", () => undefined],
  ["Kryoptic", findKryoptic],
] as const;

describe.each(tokens)("rotation on %s", (_, findModule) => {
  const stack = new AsyncDisposableStack();
  let custodians: readonly TestCustodian[];
  let hsm: CeremonyHsm;
  let domain: Uint8Array;
  let keys: TestKeys;

  const start = (domainChoice: "custodians" | "none") =>
    startHsm(stack, findModule(), domainChoice);
  const expectWorks = async (where: CeremonyHsm) => {
    expect(await areUsable(where, keys)).toBe(true);
  };

  beforeAll(async () => {
    custodians = await makeCustodians(mintCertificate, 4);
    hsm = await start("custodians");
    const certificates = certificatesOf(custodians);
    await perform(hsm, { kind: "activate", certificates, required: 3 });
    domain = (await hsm.client.domain()).file;
    keys = await makeKeys(hsm);
  }, 120_000);
  afterAll(() => stack.disposeAsync());

  it("keeps old keys after a rotation until they are retired", async () => {
    const before = await hsm.client.status();
    await perform(hsm, { kind: "rotate" });
    await expectWorks(hsm);
    const rotated = await hsm.client.status();
    expect(rotated.generations).toEqual([rotated.kekIds, before.kekIds]);
    expect(new Set([...Object.values(rotated.kekIds), ...Object.values(before.kekIds)]).size).toBe(
      8,
    );
    const old = keys;
    keys = {
      ...old,
      n: await hsm.client.rewrap(keys.n),
      e: await hsm.client.rewrap(keys.e),
      s: await hsm.client.rewrap(keys.s),
    };
    expect(keys.n).not.toEqual(old.n);
    expect(await hsm.client.rewrap(keys.n)).toEqual(keys.n);
    expect(await hsm.client.openDataKey(keys.s)).toEqual(await hsm.client.openDataKey(old.s));
    await expectWorks(hsm);
    await perform(hsm, { kind: "retire" });
    expect((await hsm.client.status()).generations).toEqual([rotated.kekIds]);
    await expectWorks(hsm);
    for (const blob of [old.n, old.e]) {
      await expect(hsm.client.sign(blob, "ES256", digest)).rejects.toMatchObject({
        code: "HsmBlobRejected",
      });
    }
    await expect(hsm.client.openDataKey(old.s)).rejects.toMatchObject({ code: "HsmBlobRejected" });
    await expect(perform(hsm, { kind: "retire" })).rejects.toMatchObject({ code: "Conflict" });
  });

  it("has a new domain for the same custodians after a rotation, and is recovered from it", async () => {
    const { file } = await hsm.client.domain();
    expect(file).not.toEqual(domain);
    const other = await start("custodians");
    const restore = await restoreBy(custodians.slice(0, 3), file, other.client);
    await perform(other, { kind: "recover", restore });
    await expectWorks(other);
  });

  it("gets other custodians by a rotation in which a quorum of the present ones takes part", async () => {
    const { file } = await hsm.client.domain();
    const certificates = certificatesOf(await makeCustodians(mintCertificate, 3));
    const two = await restoreBy(custodians.slice(0, 2), file, hsm.client);
    const stale = await restoreBy(custodians, domain, hsm.client);
    const change = { kind: "rotate", certificates, required: 2 } as const;
    for (const [attempt, code] of [
      [change, "Forbidden"],
      [{ ...change, restore: two }, "BadParameter"],
      [{ ...change, restore: stale }, "Forbidden"],
    ] as const) {
      await expect(perform(hsm, attempt)).rejects.toMatchObject({ code });
    }
    expect((await hsm.client.domain()).file).toEqual(file);
    const restore = await restoreBy(custodians.slice(0, 3), file, hsm.client);
    await perform(hsm, { ...change, restore });
    expect(await hsm.client.domain()).toMatchObject({ custodians: 3, required: 2 });
    await expectWorks(hsm);
  });

  it("without a domain rotates too, and gets custodians by it", async () => {
    const plain = await start("none");
    expect(await plain.client.domain()).toMatchObject({ state: "none", custodians: 0 });
    await perform(plain, { kind: "rotate" });
    expect((await plain.client.status()).generations).toHaveLength(2);
    const certificates = certificatesOf(custodians);
    await perform(plain, { kind: "rotate", certificates, required: 2 });
    const { state, file } = await plain.client.domain();
    expect(state).toBe("active");
    const { kekIds } = await plain.client.status();
    const other = await start("custodians");
    const restore = await restoreBy(custodians.slice(0, 2), file, other.client);
    await perform(other, { kind: "recover", restore });
    expect((await other.client.status()).kekIds).toEqual(kekIds);
  });

  it("has the old keys or the new ones after it was killed at any moment of a rotation", async () => {
    const victim = await start("none");
    await victim.host.stop();
    const ends = new Set<number>();
    for (let wait = 0; wait < 40 && !ends.has(2); wait += 1) {
      await using host = await startHost(victim.folders);
      await using client = await connect(victim.folders);
      const { generations } = await client.status();
      ends.add(generations.length);
      if (generations.length === 1) {
        await client.beginCeremony({ kind: "rotate" });
        await delay(wait * 100);
        // The ceremony's own process dies with the machine as well; here it may end by itself.
        await host.stop("SIGKILL");
      }
    }
    expect([...ends]).toEqual([1, 2]);
    const files = await readdir(victim.folders.data);
    expect(files.filter((name) => /new|old|handover/.test(name))).toEqual([]);
  }, 120_000);
});
