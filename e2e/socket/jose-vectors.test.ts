// SPDX-License-Identifier: Apache-2.0
/** Wycheproof's JOSE vectors by the operations of a vault. */

import { describe, expect, it } from "@jest/globals";
import { equalBytes } from "@strongroom/core";
import {
  hexMember,
  type WycheproofGroup,
  type WycheproofVector,
  wycheproof,
} from "@strongroom/testing";
import { CompactEncrypt } from "jose";
import { compactJwe, compactJws, type Members, Refused } from "./fixtures/jose-forms.ts";
import { type JoseConsumer, joseOver } from "./fixtures/jose-over-vault.ts";
import { encode, keyCalls } from "./fixtures/key-vault-calls.ts";
import { useVault } from "./fixtures/use-vault.ts";

const shop = useVault("shop");

/** What is refused although it is well formed, and why. */
type Unoffered = (vector: WycheproofVector, group: WycheproofGroup) => string | undefined;

async function run(
  file: string,
  consumer: JoseConsumer,
  unoffered: Unoffered,
): Promise<{ readonly differing: readonly string[]; readonly count: number }> {
  const found: string[] = [];
  let count = 0;
  for (const group of wycheproof(file)) {
    for (const vector of group.tests) {
      count += 1;
      const reason = vector.result === "valid" ? unoffered(vector, group) : undefined;
      const expected = vector.result === "valid" && reason === undefined;
      if ((await succeeds(consumer, group, vector)) !== expected) {
        found.push(`${vector.tcId} ${vector.result} ${group["comment"]} ${vector.comment}`);
      }
    }
  }
  return { differing: found, count };
}

async function succeeds(consumer: JoseConsumer, group: WycheproofGroup, vector: WycheproofVector) {
  const { jws, jwe } = vector;
  try {
    const jwk = keyFor(group, String(jws ?? jwe));
    if (jws !== undefined) {
      return await consumer.verify(jwk, compactJws(String(jws)));
    }
    const plain = await consumer.decrypt(jwk, compactJwe(String(jwe)));
    return vector["pt"] === undefined || equalBytes(plain, hexMember(vector, "pt"));
  } catch (error) {
    if (error instanceof Refused || error instanceof SyntaxError) {
      return false;
    }
    throw error;
  }
}

/** The key of a set that the header names: one of its kind, and no other of that name. */
function keyFor(group: WycheproofGroup, text: string): Members {
  const key = group["private"] as Members;
  const keys = (key["keys"] ?? [key]) as readonly Members[];
  const named = keys.length === 1 ? keys : keys.filter(({ kid }) => kid === kidOf(text));
  const [found, ...more] = named;
  if (found === undefined || more.length > 0 || keys.some(({ kty }) => kty !== found["kty"])) {
    throw new Refused("no one key");
  }
  // RFC 7520's own keys have neither; the file gives them some that contradict the examples' headers.
  const { alg, key_ops, ...rest } = found;
  return String(group["comment"]).startsWith("rfc7520") ? rest : found;
}

function kidOf(text: string): unknown {
  return JSON.parse(Buffer.from(text.split(".")[0] ?? "", "base64url").toString()).kid;
}

function headerOf(vector: WycheproofVector): Readonly<Record<string, unknown>> {
  const text = String(vector["jws"] ?? vector["jwe"]).split(".")[0] ?? "";
  return JSON.parse(Buffer.from(text, "base64url").toString());
}

/** No vault agrees on keys, opts in to RSA1_5 unasked, or inflates what somebody else deflated. */
const unofferedForm: Unoffered = (vector) => {
  const { alg, zip } = headerOf(vector);
  const isOffered = !/^(ECDH|RSA1_5)/.test(String(alg)) && zip === undefined;
  return isOffered ? undefined : "form";
};

/** Keys of a vault have 128, 192 or 256 bits. */
const unofferedKey: Unoffered = (vector) =>
  vector.comment === "long_key" ? "the key's length" : undefined;

/**
 * Vectors whose declaration and bytes disagree: two that are a right JWS byte for byte are declared invalid, and two
 * with a question mark in their base64url valid.
 */
const contradictory = [367, 370, 372, 373];

describe.each([
  ["software", false],
  ["the HSM", true],
])("JOSE by keys in %s", (_, hsm) => {
  const calls = keyCalls(() => shop.installation, "shop");
  const consumer = joseOver(calls, hsm);

  it("verifies json_web_signature, and RFC 7520's signatures", async () => {
    const { differing, count } = await run("json_web_signature", consumer, () => undefined);
    expect(differing.map((text) => Number(text.split(" ")[0]))).toEqual(contradictory);
    expect(count).toBe(401);
  }, 120_000);

  it("decrypts json_web_encryption, and of RFC 7520 what vaults offer", async () => {
    const result = await run("json_web_encryption", consumer, unofferedForm);
    expect(result).toEqual({ differing: [], count: 139 });
  }, 120_000);

  it("takes in no key of json_web_key that is weak, short or wrong", async () => {
    const result = await run("json_web_key", consumer, unofferedKey);
    expect(result).toEqual({ differing: [], count: 26 });
  }, 120_000);

  it("verifies and decrypts json_web_crypto", async () => {
    const result = await run("json_web_crypto", consumer, unofferedForm);
    expect(result).toEqual({ differing: [], count: 83 });
  }, 120_000);
});

it("refuses PBES2, by which somebody who knows a password would make the vault count", async () => {
  const password = Buffer.alloc(32, 7);
  const jwe = await new CompactEncrypt(Buffer.from("x"))
    .setProtectedHeader({ alg: "PBES2-HS256+A128KW", enc: "A128GCM" })
    .encrypt(password);
  const calls = keyCalls(() => shop.installation, "shop");
  const path = await calls.import("pbes2", { kty: "oct", k: encode(password) });
  const value = jwe.split(".")[1];
  const { status } = await calls.operate(path, "unwrapkey", { alg: "PBES2-HS256+A128KW", value });
  expect(status).toBe(400);
});
