// SPDX-License-Identifier: Apache-2.0
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import {
  connect,
  eventually,
  type HostUnderTest,
  run,
  startHost,
} from "../__fixtures__/host-process.ts";
import { makeScene } from "../__fixtures__/scene.ts";
import type { HsmClient } from "../client/hsm-client.ts";
import { expectRejections } from "../conformance/expect-rejections.ts";

const spec = {
  scope: "installation",
  keyId: "signing",
  type: "ec-p256",
  operations: ["sign"],
  class: "N",
} as const;
const dataKeySpec = { scope: "vault", keyId: "data" } as const;
const digest = new Uint8Array(32).fill(9);

async function readiness(host: HostUnderTest): Promise<readonly [number, number, string]> {
  const base = `http://127.0.0.1:${host.healthPort}`;
  const [healthy, ready] = await Promise.all([fetch(`${base}/healthz`), fetch(`${base}/readyz`)]);
  return [healthy.status, ready.status, (await ready.text()).trim()];
}

/** One request of each verb over keys. */
async function useEveryVerb(client: HsmClient): Promise<void> {
  const place = { scope: "vault", keyId: "key" } as const;
  const operations = ["encrypt", "decrypt", "wrapKey", "unwrapKey", "sign", "verify"] as const;
  const aes = { ...place, type: "aes-256", operations, class: "E" } as const;
  const { blob } = await client.importKey(aes, digest);
  const sealed = await client.encrypt(blob, "A256GCM", { plaintext: digest });
  await client.decrypt(blob, "A256GCM", sealed);
  await client.unwrap(blob, "A256KW", await client.wrap(blob, "A256KW", digest));
  const signature = await client.sign(blob, "HS256", digest);
  await client.verify(blob, "HS256", { message: digest, signature });
  await client.rebind(blob, place, { ...place, keyId: "other" });
  const exchangeSpec = { ...place, type: "rsa-2048", operations: ["import"], class: "N" } as const;
  const exchange = await client.generateKey(exchangeSpec);
  const released = await client.releaseKey(blob, { publicKey: exchange.publicKey, hash: "SHA-1" });
  const wrapped = { exchange: exchange.blob, hash: "SHA-1", ciphertext: released } as const;
  await client.importWrapped(aes, wrapped);
}

describe("a wrong PIN", () => {
  it("is tried exactly once, over all requests and restarts, and the host says so", async () => {
    await using scene = await makeScene();
    const pin = join(scene.data, "pin");
    const right = await readFile(pin);
    await rm(pin);
    await writeFile(pin, "wrong-wrong-wrong", { mode: 0o400 });
    for (const start of ["first", "second"]) {
      await using host = await startHost(scene, scene.choice);
      await using client = await connect(scene);
      await expectRejections(
        [
          client.status(),
          client.random(1),
          client.heads(),
          client.openDataKey(new Uint8Array(100)),
        ],
        { code: "PinIncorrect" },
      );
      expect(await readiness(host)).toEqual([200, 503, "PinIncorrect"]);
      expect(host.running.lines.join()).toContain("PinIncorrect");
      expect([start, await scene.count("C_Login")]).toEqual([start, 1]);
      if (start === "second") {
        await rm(pin);
        await writeFile(pin, right, { mode: 0o400 });
        await eventually(() => client.random(1));
        expect(await readiness(host)).toEqual([200, 200, "ok"]);
        expect(await scene.count("C_Login")).toBe(2);
      }
    }
  });
});

describe("a token", () => {
  it("that lost its sessions is opened again, with one login, within the request", async () => {
    await using scene = await makeScene();
    await using _host = await startHost(scene, scene.choice);
    await using client = await connect(scene);
    const { blob } = await client.generateKey(spec);
    await client.sign(blob, "ES256", digest);
    await scene.setFault("session-lost");
    expect(await client.sign(blob, "ES256", digest)).toHaveLength(64);
    expect(await scene.count("C_Login")).toBe(2);
  });

  it("that was pulled out is opened when it is back, and calls fail as retryable meanwhile", async () => {
    await using scene = await makeScene();
    await scene.setFault("token-away");
    await using host = await startHost(scene, scene.choice);
    await using client = await connect(scene);
    await expect(client.random(1)).rejects.toMatchObject({ code: "HsmUnavailable" });
    expect(await readiness(host)).toEqual([200, 503, "HsmUnavailable"]);
    expect(await scene.count("C_Login")).toBe(0);
    await scene.clearFault("token-away");
    expect(await eventually(() => client.random(1))).toHaveLength(1);
    expect(await scene.count("C_Login")).toBe(1);
  });

  it("is never searched, written to or logged into by a request", async () => {
    await using scene = await makeScene();
    await using _host = await startHost(scene, scene.choice);
    await using client = await connect(scene);
    const names = ["C_FindObjectsInit", "C_Login", "C_OpenSession", "C_GetSlotList"];
    const before = await Promise.all(names.map(scene.count));
    const { blob } = await client.generateKey(spec);
    const dataKey = await client.generateDataKey(dataKeySpec);
    await client.sign(blob, "ES256", digest);
    await client.openDataKey(dataKey);
    await client.subkey(dataKey, "label", digest);
    await client.status();
    await useEveryVerb(client);
    expect(await Promise.all(names.map(scene.count))).toEqual(before);
  }, 60_000);

  it("that is stuck in a call that failed half-way is opened again within the request", async () => {
    await using scene = await makeScene();
    await using _host = await startHost(scene, scene.choice);
    await using client = await connect(scene);
    const { blob } = await client.generateKey(spec);
    await scene.setFault("stuck");
    expect(await client.sign(blob, "ES256", digest)).toHaveLength(64);
    expect(await scene.count("C_Login")).toBe(2);
  });

  it("sees nothing of a blob whose tag is wrong", async () => {
    await using scene = await makeScene();
    await using _host = await startHost(scene, scene.choice);
    await using client = await connect(scene);
    const { blob } = await client.generateKey(spec);
    const dataKey = await client.generateDataKey(dataKeySpec);
    const names = ["C_UnwrapKey", "C_DecryptInit", "C_CreateObject"];
    const before = await Promise.all(names.map(scene.count));
    const last = (bytes: Uint8Array) => bytes.with(-1, (bytes.at(-1) ?? 0) ^ 1);
    await expectRejections(
      [
        client.sign(last(blob), "ES256", digest),
        client.openDataKey(last(dataKey)),
        client.subkey(last(dataKey), "label", digest),
      ],
      { code: "HsmBlobRejected" },
    );
    expect(await Promise.all(names.map(scene.count))).toEqual(before);
    await client.sign(blob, "ES256", digest);
    expect(await scene.count("C_UnwrapKey")).toBe((before[0] ?? 0) + 1);
  });

  it("that enforces an unwrap template is told from one that does not", async () => {
    await using scene = await makeScene();
    for (const [fault, expected] of [
      [undefined, "host"],
      ["unwrap-template", "token"],
    ] as const) {
      await (fault === undefined ? undefined : scene.setFault(fault));
      await using _host = await startHost(scene, scene.choice);
      await using client = await connect(scene);
      expect((await client.status()).enforcedBy).toBe(expected);
    }
  });

  it.each([
    ["no-gcm", "the token has no AES-GCM (CKM_AES_GCM)"],
    ["no-key-wrap", "the token has no AES key wrap with padding as RFC 5649 has it"],
    ["other-key-wrap", "the token has no AES key wrap with padding as RFC 5649 has it"],
  ])(
    "that has the fault %s ends the host with a sentence that says so",
    async (fault, sentence) => {
      await using scene = await makeScene();
      await scene.setFault(fault);
      const host = run("serve", scene, scene.choice);
      expect(await host.ended).toBe(78);
      expect(host.lines.join()).toContain("HsmRefused");
      expect(host.lines.join()).toContain(sentence);
    },
  );
});
