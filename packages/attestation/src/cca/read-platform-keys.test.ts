// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { toHex, utf8 } from "@strongroom/core";
import { createCcaVendor } from "@strongroom/testing";
import { readPlatformKeys } from "./read-platform-keys.ts";

const { platformKey, ...vendor } = createCcaVendor();
const jwk = platformKey.export({ format: "jwk" });
const pem = platformKey.export({ type: "spki", format: "pem" });
const [implementationId, instanceId] = [vendor.implementationId, vendor.instanceId].map(toHex);
const anchor = {
  pkey: jwk,
  "implementation-id": Buffer.from(vendor.implementationId).toString("base64"),
  "instance-id": instanceId?.toUpperCase(),
};
const store = {
  "accept-list": { [instanceId ?? ""]: anchor },
  "deny-list": { "01": anchor },
};
const bare = { name: "given", class: "software", key: platformKey };
const whole = { ...bare, implementationId, instanceId };
const json = (value: unknown) => utf8(JSON.stringify(value));

describe("a file with platforms' keys", () => {
  it.each<[string, Uint8Array, readonly unknown[]]>([
    ["a key", json(jwk), [bare]],
    ["a key set", json({ keys: [jwk] }), [bare]],
    ["PEM", utf8(pem.toString()), [bare]],
    ["PEM with a bracket before it", utf8(`a [key]\n${pem}`), [bare]],
    ["a list of anchors", utf8(`\n${JSON.stringify([anchor, anchor])}`), [whole, whole]],
    ["an anchor for every platform", json({ pkey: jwk }), [bare]],
    [
      "an identifier that only ends in hexadecimal",
      json({ ...anchor, "implementation-id": "/+abcd" }),
      [{ ...whole, implementationId: "ffe69b71" }],
    ],
    [
      "an identifier that only begins in hexadecimal",
      json({ ...anchor, "implementation-id": "abcd/+" }),
      [{ ...whole, implementationId: "69b71dff" }],
    ],
    ["a store, without what it denies", json(store), [whole]],
    ["a store among other things", json([1, null, "one", store]), [whole]],
  ])("may be %s", (_, file, keys) => {
    expect(readPlatformKeys(file)).toEqual(keys);
  });

  it.each<[string, string, Uint8Array]>([
    [
      "an anchor whose key is for encryption",
      "without a key",
      json({ pkey: { ...jwk, use: "enc" } }),
    ],
    ["anchors five levels deep", "no key of an issuer", json([[[[anchor]]]])],
    ["a store that denies alone", "no key of an issuer", json({ "deny-list": store["deny-list"] })],
    ["JSON of a number", "no key of an issuer", utf8("1")],
  ])("is malformed with %s: %s", (_, message, file) => {
    expect(() => readPlatformKeys(file)).toThrow(
      expect.objectContaining({
        code: "EvidenceMalformed",
        message: expect.stringContaining(message),
      }),
    );
  });
});
