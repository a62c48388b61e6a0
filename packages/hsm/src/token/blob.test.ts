// SPDX-License-Identifier: Apache-2.0
import { createHmac } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { canonicalJson, concatBytes, u32be, utf8 } from "@strongroom/core";
import fc from "fast-check";
import { encodeHeader, openBlob, sealBlob } from "./blob.ts";
import { headerTemplate } from "./key-purposes.ts";

const header = {
  class: "N",
  keyId: "signing",
  keyType: "ec-p256",
  kek: "00112233445566778899aabbccddeeff",
  operations: ["sign"],
  scope: "installation",
  template: headerTemplate({ keyType: "ec-p256", operations: ["sign"] }),
} as const;
const wrapped = new Uint8Array(72).fill(4);
const mac = (input: Uint8Array) => createHmac("sha256", "key").update(input).digest();

function sealed(headerJson: Parameters<typeof canonicalJson>[0]): Uint8Array {
  return sealBlob(canonicalJson(headerJson), wrapped, mac);
}

describe("a blob", () => {
  it("is version, header length, canonical header, wrapped key and tag", () => {
    const bytes = encodeHeader(header);
    const body = concatBytes(new Uint8Array([1]), u32be(bytes.length), bytes, wrapped);
    expect(sealBlob(bytes, wrapped, mac)).toEqual(concatBytes(body, mac(body)));
    expect(Buffer.from(bytes).toString()).toMatch(/^\{"class":"N","kek":"0011.*"scope":"inst/);
  });

  it("opens to what it was made of", () => {
    const bytes = encodeHeader(header);
    expect(openBlob(sealBlob(bytes, wrapped, mac), [mac])).toEqual({
      header,
      headerBytes: bytes,
      wrapped,
    });
  });

  it("does not open if any byte of it is another, or it has another length", () => {
    const blob = sealBlob(encodeHeader(header), wrapped, mac);
    const refusal = expect.objectContaining({ code: "HsmBlobRejected" });
    fc.assert(
      fc.property(fc.nat(blob.length - 1), fc.integer({ min: 1, max: 255 }), (index, flip) => {
        const changed = blob.with(index, (blob[index] ?? 0) ^ flip);
        expect(() => openBlob(changed, [mac])).toThrow(refusal);
        expect(() => openBlob(blob.subarray(0, index), [mac])).toThrow(refusal);
      }),
    );
  });

  it("asks for no MAC of what cannot be a blob", () => {
    const fail = () => {
      throw new Error("asked");
    };
    const blob = sealBlob(encodeHeader(header), wrapped, mac);
    for (const wrong of [new Uint8Array(0), blob.with(0, 2), new Uint8Array(16_385).fill(1)]) {
      expect(() => openBlob(wrong, [fail])).toThrow("a key blob has an unknown format");
    }
  });

  // Behind a right tag there is still no template, type or use that this host does not know.
  it.each([
    ["a readable template", { ...header, template: { ...header.template, CKA_SENSITIVE: false } }],
    ["a template that lacks a line", { ...header, template: { CKA_SIGN: true } }],
    ["another type", { ...header, keyType: "rsa-2048" }],
    ["another class", { ...header, class: "S" }],
    ["two uses", { ...header, operations: ["sign", "signHead"] }],
    ["a member more", { ...header, more: 1 }],
    ["no scope", { ...header, scope: undefined }],
  ])("is refused with %s in its header", (_, wrong) => {
    const open = () => openBlob(sealed(wrong as never), [mac]);
    expect(open).toThrow(expect.objectContaining({ code: "HsmBlobRejected" }));
  });

  it("is refused when its header is not canonical", () => {
    const spaced = utf8(JSON.stringify(header, null, 1));
    const open = () => openBlob(sealBlob(spaced, wrapped, mac), [mac]);
    expect(open).toThrow(expect.objectContaining({ code: "HsmBlobRejected" }));
  });
});
