// SPDX-License-Identifier: Apache-2.0
/** A data key that a key in the HSM wraps and unwraps is nowhere in the vault's memory; one that a caller sends, is. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { needlesOf, searchMemory } from "../../packages/hsm/src/__fixtures__/process-memory.ts";
import { type ReleasingVault, startReleasingVault } from "./fixtures/releasing-vault.ts";
import {
  oaep,
  type SecureWrapping,
  secureOperations,
  secureWrapping,
} from "./fixtures/secure-wrapping.ts";

describe("the memory of the vault's process", () => {
  let vault: ReleasingVault;
  let keys: SecureWrapping;
  beforeAll(async () => {
    vault = await startReleasingVault();
    keys = secureWrapping(vault);
  }, 90_000);
  afterAll(async () => {
    await vault[Symbol.asyncDispose]();
  });

  const find = (key: Buffer) =>
    searchMemory(vault.installation.vault.pid(), new Map(needlesOf("data key", key)));

  it.each([
    ["RSA-HSM", oaep],
    ["oct-HSM", "A256KW"],
  ] as const)(
    "holds no data key of a key of type %s",
    async (kty, alg) => {
      await keys.make(kty, kty);
      for (let round = 0; round < 5; round += 1) {
        const { value } = await keys.wrap(kty, alg);
        const key = keys.open(await keys.unwrap(`/keys/${kty}`, { alg, value }));
        expect(key).toHaveLength(32);
        expect(find(key)).toEqual([]);
      }
    },
    120_000,
  );

  it("holds one that a caller sent to be wrapped: the search finds what is there", async () => {
    await keys.make("sent", "RSA-HSM", { key_ops: [...secureOperations, "wrapKey"] });
    const key = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7 + 3));
    const body = { alg: oaep, value: key.toString("base64url") };
    const attempts = Array.from({ length: 20 }, () =>
      vault.call("POST", "/keys/sent/wrapkey", body),
    );
    const found = find(key);
    await Promise.all(attempts);
    expect([...found, ...find(key)].length).toBeGreaterThan(0);
  }, 120_000);
});
