// SPDX-License-Identifier: Apache-2.0
import { readdir } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { sha256, utf8 } from "@strongroom/core";
import { mintCertificate } from "@strongroom/testing";
import { makeKeys, perform } from "../__fixtures__/ceremonies.ts";
import { certificatesOf, makeCustodians, restoreBy } from "../__fixtures__/custodians.ts";
import { connect, startHost } from "../__fixtures__/host-process.ts";
import { ceremonyMs, tokens, useCeremonies } from "../__fixtures__/use-ceremonies.ts";

const digest = sha256(utf8("message"));

jest.setTimeout(ceremonyMs);

describe.each(tokens)("rotation on %s", (_, findModule) => {
  const now = useCeremonies(findModule);

  beforeAll(async () => {
    const certificates = certificatesOf(now.custodians);
    await perform(now.hsm, { kind: "activate", certificates, required: 3 });
    now.domain = (await now.hsm.client.domain()).file;
    now.keys = await makeKeys(now.hsm);
  }, ceremonyMs);

  it("keeps old keys after a rotation until they are retired", async () => {
    const before = await now.hsm.client.status();
    await perform(now.hsm, { kind: "rotate" });
    await now.expectWorks(now.hsm);
    const rotated = await now.hsm.client.status();
    expect(rotated.generations).toEqual([rotated.kekIds, before.kekIds]);
    expect(new Set([...Object.values(rotated.kekIds), ...Object.values(before.kekIds)]).size).toBe(
      8,
    );
    const old = now.keys;
    now.keys = {
      ...old,
      n: await now.hsm.client.rewrap(now.keys.n),
      e: await now.hsm.client.rewrap(now.keys.e),
      s: await now.hsm.client.rewrap(now.keys.s),
    };
    expect(now.keys.n).not.toEqual(old.n);
    expect(await now.hsm.client.rewrap(now.keys.n)).toEqual(now.keys.n);
    expect(await now.hsm.client.openDataKey(now.keys.s)).toEqual(
      await now.hsm.client.openDataKey(old.s),
    );
    await now.expectWorks(now.hsm);
    await perform(now.hsm, { kind: "retire" });
    expect((await now.hsm.client.status()).generations).toEqual([rotated.kekIds]);
    await now.expectWorks(now.hsm);
    for (const blob of [old.n, old.e]) {
      await expect(now.hsm.client.sign(blob, "ES256", digest)).rejects.toMatchObject({
        code: "HsmBlobRejected",
      });
    }
    await expect(now.hsm.client.openDataKey(old.s)).rejects.toMatchObject({
      code: "HsmBlobRejected",
    });
    await expect(perform(now.hsm, { kind: "retire" })).rejects.toMatchObject({ code: "Conflict" });
  });

  it("has a new domain for the same custodians after a rotation, and is recovered from it", async () => {
    const { file } = await now.hsm.client.domain();
    expect(file).not.toEqual(now.domain);
    const other = await now.start("custodians");
    const restore = await restoreBy(now.custodians.slice(0, 3), file, other.client);
    await perform(other, { kind: "recover", restore });
    await now.expectWorks(other);
  });

  it("gets other custodians by a rotation in which a quorum of the present ones takes part", async () => {
    const { file } = await now.hsm.client.domain();
    const certificates = certificatesOf(await makeCustodians(mintCertificate, 3));
    const two = await restoreBy(now.custodians.slice(0, 2), file, now.hsm.client);
    const stale = await restoreBy(now.custodians, now.domain, now.hsm.client);
    const change = { kind: "rotate", certificates, required: 2 } as const;
    for (const [attempt, code] of [
      [change, "Forbidden"],
      [{ ...change, restore: two }, "BadParameter"],
      [{ ...change, restore: stale }, "Forbidden"],
    ] as const) {
      await expect(perform(now.hsm, attempt)).rejects.toMatchObject({ code });
    }
    expect((await now.hsm.client.domain()).file).toEqual(file);
    const restore = await restoreBy(now.custodians.slice(0, 3), file, now.hsm.client);
    await perform(now.hsm, { ...change, restore });
    expect(await now.hsm.client.domain()).toMatchObject({ custodians: 3, required: 2 });
    await now.expectWorks(now.hsm);
  });

  it("without a domain rotates too, and gets custodians by it", async () => {
    const plain = await now.start("none");
    expect(await plain.client.domain()).toMatchObject({ state: "none", custodians: 0 });
    await perform(plain, { kind: "rotate" });
    expect((await plain.client.status()).generations).toHaveLength(2);
    const certificates = certificatesOf(now.custodians);
    await perform(plain, { kind: "rotate", certificates, required: 2 });
    const { state, file } = await plain.client.domain();
    expect(state).toBe("active");
    const { kekIds } = await plain.client.status();
    const other = await now.start("custodians");
    const restore = await restoreBy(now.custodians.slice(0, 2), file, other.client);
    await perform(other, { kind: "recover", restore });
    expect((await other.client.status()).kekIds).toEqual(kekIds);
  });

  it("has the old keys or the new ones after it was killed at any moment of a rotation", async () => {
    const victim = await now.start("none");
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
