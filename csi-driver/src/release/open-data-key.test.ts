// SPDX-License-Identifier: Apache-2.0
/** Unwrapped data keys that are ours to open, and those that only look like it. */

import { describe, expect, it } from "@jest/globals";
import { toBase64url, utf8 } from "@strongroom/core";
import { toKeyHsm, wrapToAttested } from "../__fixtures__/wrap-to-attested.ts";
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

function seal({ to = key, hash, cut = 0, flipped, ...change }: Change = {}): string {
  const whole = wrapToAttested(to.jwk, dataKey, hash);
  if (flipped !== undefined) {
    whole[flipped] = (whole[flipped] ?? 0) ^ 1;
  }
  return toKeyHsm(key.jwk, whole.subarray(0, whole.length - cut), change);
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
