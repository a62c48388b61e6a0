// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { silentLog } from "@strongroom/core";
import { connect, init, makeFolders, softHsm, startHost } from "../__fixtures__/host-process.ts";
import { makeScene } from "../__fixtures__/scene.ts";
import type { HsmClient } from "../client/hsm-client.ts";
import type { KeySpec } from "../client/hsm-keys.ts";
import { isSignature } from "../conformance/is-signature.ts";
import { maxGenerating } from "../wire/limits.ts";
import { SlowLane } from "./slow-lane.ts";

const place = { scope: "vault-1", keyId: "key-1" } as const;
const large: KeySpec = { ...place, type: "rsa-3072", operations: ["sign"], class: "N" };
const small: KeySpec = { ...place, type: "ec-p256", operations: ["sign"], class: "N" };
const digest = new Uint8Array(32).fill(9);

async function signUntil(
  client: HsmClient,
  blob: Uint8Array,
  end: Promise<unknown>,
): Promise<number> {
  let [count, going] = [0, true];
  void end
    .catch(() => undefined)
    .then(() => {
      going = false;
    });
  for (; going; count += 1) {
    await client.sign(blob, "ES256", digest);
  }
  return count;
}

describe("RSA keys", () => {
  it("are made while other requests are served, and are as good as others", async () => {
    await using folders = await makeFolders();
    await init(folders);
    await using _host = await startHost(folders);
    await using client = await connect(folders);
    const { blob } = await client.generateKey(small);
    const making = Promise.all([client.generateKey(large), client.generateKey(large)]);
    // Both take long; a host of one lane would sign nothing meanwhile.
    expect(await signUntil(client, blob, making)).toBeGreaterThan(50);
    for (const key of await making) {
      const signature = await client.sign(key.blob, "RS256", digest, place);
      expect(signature).toHaveLength(384);
      expect(isSignature(key.publicKey, digest, signature, "RS256")).toBe(false);
    }
  }, 90_000);

  it("are refused as busy beyond a few, which are all made", async () => {
    await using folders = await makeFolders();
    await init(folders);
    await using _host = await startHost(folders);
    await using client = await connect(folders);
    const spec = { ...large, type: "rsa-2048" } as const;
    const results = await Promise.allSettled(
      Array.from({ length: maxGenerating + 3 }, () => client.generateKey(spec)),
    );
    const refused = results.filter(({ status }) => status === "rejected");
    expect(refused).toHaveLength(3);
    expect(refused[0]).toMatchObject({ reason: { code: "HsmBusy" } });
    expect((await client.generateKey(spec)).publicKey).toHaveLength(294);
  }, 90_000);

  it("are made again after the token was lost to both lanes, with one login more", async () => {
    await using scene = await makeScene();
    await using _host = await startHost(scene, scene.choice);
    await using client = await connect(scene);
    const spec = { ...large, type: "rsa-2048" } as const;
    const { blob } = await client.generateKey(spec);
    const logins = await scene.count("C_Login");
    await scene.setFault("session-lost");
    await client.random(1);
    expect(await client.sign(blob, "PS256", digest)).toHaveLength(256);
    expect((await client.generateKey(spec)).publicKey).toHaveLength(294);
    expect(await scene.count("C_Login")).toBe(logins + 1);
  });

  it("are made although the token is lost while they are being made", async () => {
    await using scene = await makeScene();
    await using _host = await startHost(scene, scene.choice);
    await using client = await connect(scene);
    const { blob } = await client.generateKey(small);
    for (let round = 0; round < 3; round += 1) {
      const making = client.generateKey(large);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await scene.setFault("session-lost");
      expect(await client.sign(blob, "ES256", digest)).toHaveLength(64);
      expect((await making).publicKey).toHaveLength(422);
    }
  }, 90_000);

  it("are refused for what their type does not have", async () => {
    await using folders = await makeFolders();
    await init(folders);
    await using _host = await startHost(folders);
    await using client = await connect(folders);
    const attempt = client.generateKey({ ...large, operations: ["signHead"] });
    await expect(attempt).rejects.toMatchObject({ code: "BadParameter" });
  });
});

describe("the slow lane", () => {
  const known = {
    keyWrap: 0,
    computable: new Set<never>(),
    enforcedBy: "host",
    identity: { label: "", manufacturer: "", model: "", serial: "" },
  } as const;
  const spec = { ...place, class: "N", keyType: "rsa-2048", operations: ["sign"] } as const;

  it("fails what waits when its thread ends, and begins another", async () => {
    await using lane = new SlowLane("/nowhere/module.so", silentLog);
    for (const attempt of [lane.generateKey(known, spec), lane.generateKey(known, spec)]) {
      await expect(attempt).rejects.toMatchObject({ code: "HsmUnavailable" });
    }
    await expect(lane.generateKey(known, spec)).rejects.toMatchObject({ code: "HsmUnavailable" });
  });

  it("ends its thread when no key was wanted for a while, and begins another", async () => {
    // Nobody has initialised the module in this process, so that no key is made.
    await using lane = new SlowLane(softHsm, silentLog, 20);
    for (let round = 0; round < 2; round += 1) {
      await expect(lane.generateKey(known, spec)).rejects.toThrow("CRYPTOKI_NOT_INITIALIZED");
      expect(lane.threads).toBe(1);
      for (let waited = 0; lane.threads > 0 && waited < 1_000; waited += 1) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      expect(lane.threads).toBe(0);
    }
  });
});
