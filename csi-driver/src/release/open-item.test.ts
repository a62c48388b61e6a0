// SPDX-License-Identifier: Apache-2.0
/** JWEs that are ours to open, and those that only look like it. */

import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { CompactEncrypt, generateKeyPair, importJWK } from "jose";
import { generateReleaseKeys } from "../attestation/release-keys.ts";
import { openItem } from "./open-item.ts";

const keys = await generateReleaseKeys();
const key = keys.deriveKey;
const expected = { id: "https://v.ns.svc/secrets/a/1", jti: "jti-1" };
const good = {
  alg: "ECDH-ES+A256KW",
  enc: "A256GCM",
  typ: "strongroom-secret+jwe",
  kid: key.kid,
  "strongroom.id": expected.id,
  "strongroom.jti": expected.jti,
};

async function seal(change: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { key_ops: _, ...jwk } = key.jwk;
  const header = { ...good, ...change };
  return await new CompactEncrypt(utf8("value"))
    .setProtectedHeader(header)
    .encrypt(await importJWK(jwk, header.alg));
}

describe("openItem", () => {
  it("opens what was encrypted to the attested key for this very call", async () => {
    using content = await openItem(await seal({ cty: "text/plain" }), key, expected);
    expect(content.reveal()).toEqual(utf8("value"));
  });

  it.each([
    ["another object", { "strongroom.id": "https://v.ns.svc/secrets/b/1" }],
    ["another call", { "strongroom.jti": "jti-2" }],
    ["another key's name", { kid: "other" }],
    ["another type", { typ: "JWT" }],
    ["no type", { typ: undefined }],
    ["a parameter that is not ours", { jku: "https://attacker" }],
    ["an algorithm without key wrap", { alg: "ECDH-ES" }],
    ["a weaker key wrap", { alg: "ECDH-ES+A128KW" }],
    ["another content encryption", { enc: "A128CBC-HS256" }],
  ])("refuses %s", async (_, change) => {
    await expect(openItem(await seal(change), key, expected)).rejects.toMatchObject({
      code: "ResponseUntrusted",
    });
  });

  it("refuses what was encrypted to another key, and what was changed on the way", async () => {
    const other = await generateKeyPair("ECDH-ES+A256KW");
    const foreign = await new CompactEncrypt(utf8("value"))
      .setProtectedHeader(good)
      .encrypt(other.publicKey);
    const untrusted = { code: "ResponseUntrusted" };
    await expect(openItem(foreign, key, expected)).rejects.toMatchObject(untrusted);
    const [header, wrapped, iv, text, tag] = (await seal()).split(".");
    const flipped = [
      header,
      wrapped,
      iv,
      `${text?.startsWith("A") ? "B" : "A"}${text?.slice(1)}`,
      tag,
    ];
    await expect(openItem(flipped.join("."), key, expected)).rejects.toMatchObject(untrusted);
    await expect(openItem("", key, expected)).rejects.toMatchObject(untrusted);
  });
});
