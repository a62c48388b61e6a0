// SPDX-License-Identifier: Apache-2.0
/** A key that arrives wrapped is nowhere in the vault's memory, while and after it is used; one that does not, is. */

import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import {
  needlesOf,
  searchChunks,
  takeCore,
} from "../../packages/hsm/src/__fixtures__/process-memory.ts";
import { transferBlob } from "./fixtures/byok.ts";
import { encode, keyCalls } from "./fixtures/key-vault-calls.ts";
import { useVault } from "./fixtures/use-vault.ts";

describe("the memory of the vault's process", () => {
  const shop = useVault("shop");
  const { send, create, operate, import: importKey } = keyCalls(() => shop.installation, "shop");

  /** What is secret of a key, in every form that it could have. */
  function needles(key: KeyObject): Map<string, Buffer> {
    const { d, p, q, dp, dq, qi } = key.export({ format: "jwk" });
    const parts = Object.entries({ d, p, q, dp, dq, qi }).filter(([, part]) => part !== undefined);
    const pkcs8 = key.export({ format: "der", type: "pkcs8" });
    return new Map([
      ...parts.flatMap(([name, part]) => needlesOf(name, Buffer.from(part ?? "", "base64url"))),
      ...needlesOf("pkcs8", pkcs8.subarray(-150)),
    ]);
  }

  const digest = encode(createHash("sha256").update("message").digest());
  /** Signs so many times; answers how often that was done. Past its deadline the vault says 503, and stopped it does not know of the time. */
  const use = async (name: string, times: number): Promise<number> => {
    let signed = 0;
    for (let i = 0; i < times; i += 1) {
      const { status } = await operate(`/keys/${name}`, "sign", { alg: "RS256", value: digest });
      expect([200, 503]).toContain(status);
      signed += status === 200 ? 1 : 0;
    }
    return signed;
  };
  const core = () => takeCore(shop.installation.vault.pid());

  it("holds nothing of a key that came in as key_hsm", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const path = await create("exchange", { kty: "RSA-HSM", key_ops: ["import"] });
    const { key } = (await send("GET", path)).body;
    const key_hsm = transferBlob(key, privateKey.export({ format: "der", type: "pkcs8" }));
    await importKey("wrapped", { kty: "RSA-HSM", key_ops: ["sign"], key_hsm });
    const imported = core();
    const [clients, times] = [8, 40];
    const using = Promise.all(Array.from({ length: clients }, () => use("wrapped", times)));
    // Amid signatures: some were answered by now, and others are under way.
    await use("wrapped", times / 4);
    const during = core();
    const signed = (await using).reduce((sum, count) => sum + count, 0);
    expect(signed).toBeGreaterThan((clients * times) / 2);
    for (const taken of [imported, during, core()]) {
      expect(searchChunks(taken, needles(privateKey))).toEqual([]);
    }
  }, 120_000);

  it("holds a key that came in as it is: the search finds what is there", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    await importKey("plain", { ...privateKey.export({ format: "jwk" }) });
    await use("plain", 20);
    expect(searchChunks(core(), needles(privateKey))).not.toEqual([]);
  }, 120_000);
});
