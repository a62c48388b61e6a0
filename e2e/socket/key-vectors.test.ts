// SPDX-License-Identifier: Apache-2.0
/** Project Wycheproof's vectors through the vault's own operations: a key is imported, and its route is called. */

import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import {
  hexMember,
  type WycheproofGroup,
  type WycheproofVector,
  wycheproof,
} from "@strongroom/testing";
import type { Answer } from "./fixtures/exchange.ts";
import { encode, keyCalls } from "./fixtures/key-vault-calls.ts";
import { useVault } from "./fixtures/use-vault.ts";

/** Requests in flight at once. */
const concurrency = 6;

describe.each([
  ["software", false],
  ["the HSM", true],
])("vectors through the routes, with keys in %s", (_, hsm) => {
  const shop = useVault("shop");
  const calls = keyCalls(() => shop.installation, "shop");

  let imported = 0;
  const take = async (key: object): Promise<string> => {
    imported += 1;
    return await calls.import(`vector-${imported}`, key, { Hsm: hsm });
  };

  /** Runs every vector that the vault offers; answers how many that were. */
  async function run(
    groups: readonly WycheproofGroup[],
    attempt: (group: WycheproofGroup, vector: WycheproofVector) => Promise<boolean>,
  ): Promise<number> {
    const left = groups.flatMap((group) => group.tests.map((vector) => ({ group, vector })));
    const differing: string[] = [];
    const count = left.length;
    const worker = async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const { result, tcId, comment } = next.vector;
        const succeeds = await attempt(next.group, next.vector);
        if (result !== "acceptable" && succeeds !== (result === "valid")) {
          differing.push(`${tcId} ${result} ${comment}`);
        }
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    expect(differing).toEqual([]);
    return count;
  }

  /** Whether it answers `expected`; a refusal has to be the caller's fault. */
  function answers({ status, body }: Answer, expected: Uint8Array): boolean {
    expect([200, 400]).toContain(status);
    return status === 200 && body.value === encode(expected);
  }

  it.each([
    ["RSA-OAEP", "rsa_oaep_2048_sha1_mgf1sha1", 36],
    ["RSA-OAEP-256", "rsa_oaep_2048_sha256_mgf1sha256", 37],
  ])(
    "decrypt with %s",
    async (alg, file, count) => {
      const groups = wycheproof(file).map(
        (group): WycheproofGroup => ({
          ...group,
          tests: group.tests.map((vector) =>
            vector["label"] ? { ...vector, result: "invalid" as const } : vector,
          ),
        }),
      );
      const path = await take({ ...(groups[0]?.["privateKeyJwk"] as object), kty: "RSA" });
      const done = await run(groups, async (_, vector) => {
        const body = { alg, value: encode(hexMember(vector, "ct")) };
        return answers(await calls.operate(path, "decrypt", body), hexMember(vector, "msg"));
      });
      expect(done).toBe(count);
    },
    120_000,
  );

  it("sign with RS256, RS384 and RS512, as the padding prescribes it bit for bit", async () => {
    const all = wycheproof("rsa_pkcs1_2048_sig_gen").filter((group) => group["privateKeyJwk"]);
    // Factors of 1364 and 684 bits: such keys are not taken in.
    const isOdd = ({ tests }: WycheproofGroup) =>
      tests[0]?.flags.includes("SmallPublicKey") === true;
    for (const group of all.filter(isOdd)) {
      const key = { ...(group["privateKeyJwk"] as object), kty: "RSA" };
      const { body } = await calls.send("PUT", "/keys/odd", { key, Hsm: hsm });
      expect(body.error.message).toBe("the RSA key is weak");
    }
    const groups = all.filter((group) => !isOdd(group));
    const done = await run(groups, async (group, vector) => {
      const hash = String(group["sha"]).replace("-", "").toLowerCase();
      const digest = createHash(hash).update(hexMember(vector, "msg")).digest();
      const path = await take({ ...(group["privateKeyJwk"] as object), kty: "RSA" });
      const body = { alg: `RS${hash.slice(3)}`, value: encode(digest) };
      return answers(await calls.operate(path, "sign", body), hexMember(vector, "sig"));
    });
    expect(done).toBe(24);
  }, 120_000);

  const oct = (vector: WycheproofVector, key_ops?: readonly string[]) =>
    take({ kty: "oct", k: encode(hexMember(vector, "key")), key_ops });

  it("decrypt with AES-GCM", async () => {
    const groups = wycheproof("aes_gcm").filter((group) => group["ivSize"] === 96);
    const done = await run(groups, async (group, vector) => {
      const [value, iv, aad, tag] = ["ct", "iv", "aad", "tag"].map((name) =>
        encode(hexMember(vector, name)),
      );
      const body = { alg: `A${group["keySize"]}GCM`, value, iv, aad, tag };
      return answers(
        await calls.operate(await oct(vector), "decrypt", body),
        hexMember(vector, "msg"),
      );
    });
    expect(done).toBe(197);
  }, 240_000);

  it("unwrap with AES key wrap, with and without padding", async () => {
    const unwrap = (alg: string) => async (_: WycheproofGroup, vector: WycheproofVector) => {
      const body = { alg, value: encode(hexMember(vector, "ct")) };
      return answers(
        await calls.operate(await oct(vector), "unwrapkey", body),
        hexMember(vector, "msg"),
      );
    };
    expect(await run(wycheproof("aes_wrap"), unwrap("CKM_AES_KEY_WRAP"))).toBe(165);
    expect(await run(wycheproof("aes_kwp"), unwrap("CKM_AES_KEY_WRAP_PAD"))).toBe(254);
  }, 240_000);

  it("verify with HS256", async () => {
    const groups = wycheproof("hmac_sha256").filter(
      (group) => group["keySize"] === 256 && group["tagSize"] === 256,
    );
    const done = await run(groups, async (_, vector) => {
      const path = await oct(vector, ["sign", "verify"]);
      const [digest, value] = ["msg", "tag"].map((name) => encode(hexMember(vector, name)));
      const { status, body } = await calls.operate(path, "verify", { alg: "HS256", digest, value });
      expect(status).toBe(200);
      return body.value;
    });
    expect(done).toBe(81);
  }, 240_000);
});
