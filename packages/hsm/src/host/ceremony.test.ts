// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, jest } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { mintCertificate } from "@strongroom/testing";
import { makeKeys, perform } from "../__fixtures__/ceremonies.ts";
import { certificatesOf, makeCustodians, restoreBy } from "../__fixtures__/custodians.ts";
import { run } from "../__fixtures__/host-process.ts";
import { ceremonyMs, tokens, useCeremonies } from "../__fixtures__/use-ceremonies.ts";

const spec = { scope: "vault-1", keyId: "signing", type: "ec-p256", operations: ["sign"] } as const;

jest.setTimeout(ceremonyMs);

describe.each(tokens)("activation and recovery on %s", (_, findModule) => {
  const now = useCeremonies(findModule);

  it("does nothing but ceremonies before its domain is downloaded", async () => {
    const { client } = now.hsm;
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
    const ready = await fetch(`http://127.0.0.1:${now.hsm.host.healthPort}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([503, "NotActivated\n"]);
  });

  it("takes three to ten custodians with keys of their own, two or more of them required", async () => {
    const all = certificatesOf(now.custodians);
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
      const attempt = now.hsm.client.beginCeremony({ kind: "activate", certificates, required });
      await expect(attempt).rejects.toMatchObject({ code: "BadParameter" });
    }
    for (const kind of ["rotate", "retire"] as const) {
      await expect(perform(now.hsm, { kind })).rejects.toMatchObject({ code: "NotActivated" });
    }
    expect((await now.hsm.client.domain()).state).toBe("pending");
  });

  it("is active once its domain is there for custodians", async () => {
    const certificates = certificatesOf(now.custodians);
    await perform(now.hsm, { kind: "activate", certificates, required: 3 });
    const { client } = now.hsm;
    const { state, file, ...quorum } = await client.domain();
    expect({ state, ...quorum }).toEqual({
      ...{ state: "active", custodians: 4, required: 3 },
      recovered: false,
    });
    expect((await client.status()).domain).toBe("active");
    now.domain = file;
    now.keys = await makeKeys(now.hsm);
    await now.expectWorks(now.hsm);
    expect((await readdir(now.hsm.folders.data)).sort()).toEqual(
      ["domain", "heads", "kryoptic.conf", "pin", "pin.officer", "softhsm2.conf", "tokens"].sort(),
    );
  });

  it("is activated once", async () => {
    const others = certificatesOf(await makeCustodians(mintCertificate, 3));
    const again = perform(now.hsm, { kind: "activate", certificates: others, required: 2 });
    await expect(again).rejects.toMatchObject({ code: "Conflict" });
    expect((await now.hsm.client.domain()).file).toEqual(now.domain);
    await now.expectWorks(now.hsm);
  });

  it("is recovered on a new token by a quorum, and by nobody less", async () => {
    const other = await now.start("custodians");
    const three = await restoreBy(now.custodians.slice(1), now.domain, other.client);
    const two = await restoreBy(now.custodians.slice(2), now.domain, other.client);
    await expect(perform(other, { kind: "recover", restore: two })).rejects.toMatchObject({
      code: "BadParameter",
    });
    expect((await other.client.domain()).state).toBe("pending");
    await perform(other, { kind: "recover", restore: three });
    await now.expectWorks(other);
    expect(await other.client.status()).toMatchObject({
      generations: (await now.hsm.client.status()).generations,
    });
    expect(await other.client.domain()).toMatchObject({ file: now.domain, recovered: true });
    await other.client.headsAnchored();
    expect(await other.client.domain()).toMatchObject({ recovered: false });
    await expect(readFile(join(other.folders.data, "exchange.pem"))).rejects.toThrow("ENOENT");
    await expect(perform(other, { kind: "recover", restore: three })).rejects.toMatchObject({
      code: "Conflict",
    });
  });

  it("does not serve with the domain of another token beside its keys", async () => {
    const other = await now.start("none");
    await other.host.stop();
    const foreign = await readFile(join(now.hsm.folders.data, "domain"));
    await writeFile(join(other.folders.data, "domain"), foreign);
    const again = run("serve", other.folders);
    expect(await again.ended).toBe(78);
    expect(again.lines.join()).toContain("another token's");
  });
});
