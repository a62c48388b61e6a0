// SPDX-License-Identifier: Apache-2.0
/** Unwrapped data keys that are ours to open, and those that only look like it. */

import { constants, createCipheriv, createPublicKey, publicEncrypt } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex, toBase64url, utf8 } from "@strongroom/core";
import { generateReleaseKeys } from "../attestation/release-keys.ts";
import { openDataKey } from "./open-data-key.ts";

const { encrypt: key, ...others } = await generateReleaseKeys();
const other = (await generateReleaseKeys()).encrypt;
const dataKey = new Uint8Array(32).fill(7);

interface Change {
  readonly header?: object;
  readonly blob?: object;
  readonly hash?: string;
  readonly to?: typeof key;
  readonly cut?: number;
  readonly flipped?: number;
}

function seal({ header, blob, hash = "sha256", to = key, cut = 0, flipped }: Change = {}): string {
  const carrier = new Uint8Array(32).fill(9);
  const { kty = "", n = "", e = "" } = to.jwk;
  const target = createPublicKey({ key: { kty, n, e }, format: "jwk" });
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const head = publicEncrypt({ key: target, padding, oaepHash: hash }, carrier);
  const cipher = createCipheriv("id-aes256-wrap-pad", carrier, fromHex("a65959a6"));
  const whole = concatBytes(head, cipher.update(dataKey), cipher.final());
  if (flipped !== undefined) {
    whole[flipped] = (whole[flipped] ?? 0) ^ 1;
  }
  const content = {
    schema_version: "1.0",
    header: { kid: key.kid, alg: "dir", enc: "RSA_AES_KEY_WRAP_256", ...header },
    ciphertext: toBase64url(whole.subarray(0, whole.length - cut)),
    ...blob,
  };
  return toBase64url(utf8(JSON.stringify(content)));
}

describe("openDataKey", () => {
  it("opens what was wrapped to the attested key", async () => {
    using opened = await openDataKey(seal(), key);
    expect(opened.reveal()).toEqual(dataKey);
  });

  it.each<[string, Change]>([
    ["another key's name", { header: { kid: others.verify.kid } }],
    ["another key", { to: other }],
    ["OAEP of another hash function", { hash: "sha1" }],
    ["another name of the wrapping", { header: { enc: "CKM_RSA_AES_KEY_WRAP" } }],
    ["a member of the header that is not ours", { header: { jku: "https://attacker" } }],
    ["another version", { blob: { schema_version: "2.0" } }],
    ["an end that is missing", { cut: 8 }],
    ["everything but the carrier missing", { cut: 40 }],
    ["no ciphertext", { blob: { ciphertext: "" } }],
    ["a bit of the carrier changed", { flipped: 3 }],
    ["a bit of the key changed", { flipped: 270 }],
  ])("refuses %s", async (_, change) => {
    await expect(openDataKey(seal(change), key)).rejects.toMatchObject({
      code: "ResponseUntrusted",
    });
  });

  it.each(["", "AAAA", toBase64url(utf8("{}")), "%%%"])("refuses %j", async (text) => {
    await expect(openDataKey(text, key)).rejects.toMatchObject({ code: "ResponseUntrusted" });
  });
});
