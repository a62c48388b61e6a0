// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sha256, systemClock, utf8 } from "@strongroom/core";
import { findKryoptic, mintCertificate } from "@strongroom/testing";
import {
  certificatesOf,
  makeCustodians,
  restoreBy,
  type TestCustodian,
} from "../__fixtures__/custodians.ts";
import {
  connect,
  type Folders,
  type HostUnderTest,
  init,
  makeFolders,
  run,
  startHost,
} from "../__fixtures__/host-process.ts";
import type { HsmClient } from "../client/hsm-client.ts";
import type { CeremonySpec } from "../client/hsm-domain.ts";
import { performCeremony } from "../client/perform-ceremony.ts";
import { isSignature } from "../conformance/is-signature.ts";

const spec = { scope: "vault-1", keyId: "signing", type: "ec-p256", operations: ["sign"] } as const;
const digest = sha256(utf8("message"));

interface Hsm {
  readonly folders: Folders;
  readonly host: HostUnderTest;
  readonly client: HsmClient;
}

const perform = (hsm: Hsm, ceremony: CeremonySpec) =>
  performCeremony(hsm.client, systemClock, ceremony);

const tokens = [
  ["SoftHSM 2", () => undefined],
  ["Kryoptic", findKryoptic],
] as const;

describe.each(tokens)("ceremonies on %s", (_, findModule) => {
  const stack = new AsyncDisposableStack();
  let custodians: readonly TestCustodian[];
  let hsm: Hsm;
  let domain: Uint8Array;
  let blobs: { readonly n: Uint8Array; readonly e: Uint8Array; readonly s: Uint8Array };
  let publicKey: Uint8Array;

  const start = async (domainChoice: "custodians" | "none"): Promise<Hsm> => {
    const module = findModule();
    const folders = stack.use(
      await makeFolders({ domain: domainChoice, ...(module !== undefined && { module }) }),
    );
    expect(await init(folders)).toBe(0);
    const host = stack.use(await startHost(folders));
    return { folders, host, client: stack.use(await connect(folders)) };
  };
  const expectWorks = async ({ client }: Hsm) => {
    const signature = await client.sign(blobs.n, "ES256", digest);
    expect(isSignature(publicKey, utf8("message"), signature)).toBe(true);
    await client.sign(blobs.e, "ES256", digest);
    expect(await client.openDataKey(blobs.s)).toHaveLength(32);
  };

  beforeAll(async () => {
    custodians = await makeCustodians(mintCertificate, 4);
    hsm = await start("custodians");
  }, 120_000);
  afterAll(() => stack.disposeAsync());

  it("does nothing but ceremonies before its domain is downloaded", async () => {
    const { client } = hsm;
    expect(await client.domain()).toMatchObject({ state: "pending", custodians: 0 });
    for (const attempt of [
      client.status(),
      client.random(1),
      client.generateKey({ ...spec, class: "N" }),
      client.generateDataKey({ scope: "vault-1", keyId: "data" }),
      client.heads(),
    ]) {
      await expect(attempt).rejects.toMatchObject({ code: "NotActivated" });
    }
    const ready = await fetch(`http://127.0.0.1:${hsm.host.healthPort}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([503, "NotActivated\n"]);
  });

  it("takes three to ten custodians with keys of their own, two or more of them required", async () => {
    const all = certificatesOf(custodians);
    const [first = new Uint8Array(), second = new Uint8Array()] = all;
    const [small] = certificatesOf(await makeCustodians(mintCertificate, 1, 1024));
    for (const [certificates, required] of [
      [all.slice(0, 2), 2],
      [[...all, ...all, ...all], 2],
      [all, 1],
      [all, 5],
      [[first, second, first], 2],
      [[first, second, small ?? first], 2],
      [[first, second, utf8("no certificate")], 2],
    ] as const) {
      const attempt = hsm.client.beginCeremony({ kind: "activate", certificates, required });
      await expect(attempt).rejects.toMatchObject({ code: "BadParameter" });
    }
    for (const kind of ["rotate", "retire"] as const) {
      await expect(perform(hsm, { kind })).rejects.toMatchObject({ code: "NotActivated" });
    }
    expect((await hsm.client.domain()).state).toBe("pending");
  });

  it("is active once its domain is there for custodians", async () => {
    const certificates = certificatesOf(custodians);
    await perform(hsm, { kind: "activate", certificates, required: 3 });
    const { client } = hsm;
    const { state, file, ...quorum } = await client.domain();
    expect({ state, ...quorum }).toEqual({ state: "active", custodians: 4, required: 3 });
    expect((await client.status()).domain).toBe("active");
    domain = file;
    const n = await client.generateKey({ ...spec, class: "N" });
    const e = await client.generateKey({ ...spec, class: "E" });
    publicKey = n.publicKey;
    blobs = {
      ...{ n: n.blob, e: e.blob },
      s: await client.generateDataKey({ scope: "vault-1", keyId: "data" }),
    };
    await expectWorks(hsm);
    expect((await readdir(hsm.folders.data)).sort()).toEqual(
      ["domain", "heads", "kryoptic.conf", "pin", "pin.officer", "softhsm2.conf", "tokens"].sort(),
    );
  });

  it("is activated once", async () => {
    const others = certificatesOf(await makeCustodians(mintCertificate, 3));
    const again = perform(hsm, { kind: "activate", certificates: others, required: 2 });
    await expect(again).rejects.toMatchObject({ code: "Conflict" });
    expect((await hsm.client.domain()).file).toEqual(domain);
    await expectWorks(hsm);
  });

  it("is recovered on a new token by a quorum, and by nobody less", async () => {
    const other = await start("custodians");
    const three = await restoreBy(custodians.slice(1), domain, other.client);
    const two = await restoreBy(custodians.slice(2), domain, other.client);
    await expect(perform(other, { kind: "recover", restore: two })).rejects.toMatchObject({
      code: "BadParameter",
    });
    expect((await other.client.domain()).state).toBe("pending");
    await perform(other, { kind: "recover", restore: three });
    await expectWorks(other);
    expect(await other.client.status()).toMatchObject({
      generations: (await hsm.client.status()).generations,
    });
    expect((await other.client.domain()).file).toEqual(domain);
    await expect(readFile(join(other.folders.data, "exchange.pem"))).rejects.toThrow("ENOENT");
    await expect(perform(other, { kind: "recover", restore: three })).rejects.toMatchObject({
      code: "Conflict",
    });
  });

  it("keeps old keys after a rotation until they are retired", async () => {
    const before = await hsm.client.status();
    await perform(hsm, { kind: "rotate" });
    await expectWorks(hsm);
    const rotated = await hsm.client.status();
    expect(rotated.generations).toEqual([rotated.kekIds, before.kekIds]);
    expect(new Set([...Object.values(rotated.kekIds), ...Object.values(before.kekIds)]).size).toBe(
      8,
    );
    const old = blobs;
    blobs = {
      n: await hsm.client.rewrap(blobs.n),
      e: await hsm.client.rewrap(blobs.e),
      s: await hsm.client.rewrap(blobs.s),
    };
    expect(blobs.n).not.toEqual(old.n);
    expect(await hsm.client.rewrap(blobs.n)).toEqual(blobs.n);
    expect(await hsm.client.openDataKey(blobs.s)).toEqual(await hsm.client.openDataKey(old.s));
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

  it("does not serve with the domain of another token beside its keys", async () => {
    const other = await start("none");
    await other.host.stop();
    const foreign = await readFile(join(hsm.folders.data, "domain"));
    await writeFile(join(other.folders.data, "domain"), foreign);
    const again = run("serve", other.folders);
    expect(await again.ended).toBe(78);
    expect(again.lines.join()).toContain("another token's");
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
