// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { type CborValue, createNitroVendor } from "@strongroom/testing";
import { parseNitroDocument, parseNitroEvidence } from "./parse-nitro-document.ts";

const vendor = createNitroVendor();
const zeros = (length: number) => new Uint8Array(length);
const digests = (length: number) => ({
  pairs: Array.from({ length }, (_, index) => [index, zeros(48)] as const),
});

function parse(fields: Readonly<Record<string, CborValue | undefined>>) {
  return parseNitroEvidence(vendor.document({ fields }));
}

describe("a Nitro document's payload", () => {
  it("has every field as it was signed", () => {
    const fields = {
      pcrs: digests(2),
      certificate: Uint8Array.of(1),
      cabundle: [Uint8Array.of(2), Uint8Array.of(3)],
      public_key: utf8("key"),
      user_data: zeros(0),
    };
    expect(parse(fields)).toEqual({
      kind: "enclave",
      moduleId: "i-0123456789abcdef0-enc0123456789abcdef",
      timestamp: new Date("2026-06-01T00:00:01Z"),
      pcrs: new Map([
        [0, zeros(48)],
        [1, zeros(48)],
      ]),
      certificate: Uint8Array.of(1),
      caBundle: [Uint8Array.of(2), Uint8Array.of(3)],
      publicKey: utf8("key"),
      userData: zeros(0),
      nonce: utf8("nonce"),
    });
  });

  it.each<[string, Readonly<Record<string, CborValue>>]>([
    ["a module's name of 128 characters", { module_id: "~".repeat(128) }],
    ["the first time", { timestamp: 1 }],
    ["the last time that a date can hold", { timestamp: 8.64e15 }],
    ["32 registers", { pcrs: digests(32) }],
    ["a certificate of 1024 bytes", { certificate: zeros(1024) }],
    ["8 issuers", { cabundle: Array.from({ length: 8 }, () => Uint8Array.of(1)) }],
    ["user data of 1024 bytes", { user_data: zeros(1024) }],
  ])("may have %s", (_, fields) => {
    expect(() => parse(fields)).not.toThrow();
  });

  it.each<[string, string, Readonly<Record<string, CborValue | undefined>>]>([
    ["a module's name that is none", "no module", { module_id: zeros(4) }],
    ["no module", "no module", { module_id: undefined }],
    ["a module's name of 129 characters", "no module", { module_id: "a".repeat(129) }],
    ["a module's name with a space first", "no module", { module_id: " i-0a" }],
    ["a module's name with a line's end last", "no module", { module_id: "i-0a\n" }],
    ["a time in text", "no time", { timestamp: "1780272001000" }],
    ["a time before all", "no time", { timestamp: -1 }],
    ["no time", "no time", { timestamp: 0 }],
    ["a time after all", "no time", { timestamp: 8.64e15 + 1 }],
    ["a time beyond exact numbers", "no time", { timestamp: 2 ** 60 }],
    ["a list of registers", "no registers", { pcrs: [zeros(48)] }],
    ["33 registers", "no registers, or too many", { pcrs: digests(33) }],
    ["a register in text", "register", { pcrs: { pairs: [["0", zeros(48)]] } }],
    ["a register before all", "register", { pcrs: { pairs: [[-1, zeros(48)]] } }],
    ["a register of text", "register", { pcrs: { pairs: [[0, "0".repeat(48)]] } }],
    ["another hash", "other registers", { digest: "SHA512" }],
    ["no registers of either kind", "other registers", { pcrs: undefined }],
    ["an issuer that is no list", "no issuers", { cabundle: zeros(1) }],
    [
      "9 issuers",
      "no issuers, or too many",
      { cabundle: Array.from({ length: 9 }, () => zeros(1)) },
    ],
    ["an issuer that is text", "certificate", { cabundle: ["a"] }],
    ["an empty issuer", "certificate", { cabundle: [zeros(0)] }],
    ["a certificate that is text", "certificate", { certificate: "a" }],
    ["an empty certificate", "certificate", { certificate: zeros(0) }],
    ["a certificate of 1025 bytes", "certificate", { certificate: zeros(1025) }],
    ["user data in text", "user_data is no byte string", { user_data: "a" }],
    ["a nonce of 1025 bytes", "nonce is no byte string, or too long", { nonce: zeros(1025) }],
    ["a public key that is a number", "public_key is no byte string", { public_key: 1 }],
    ["a member of no meaning", "not an attestation document", { other: null }],
  ])("is refused with %s: %s", (_, message, fields) => {
    expect(() => parse(fields)).toThrow(
      expect.objectContaining({
        code: "EvidenceMalformed",
        message: expect.stringContaining(message),
      }),
    );
  });

  it("is refused when it is no map", () => {
    expect(() => parseNitroDocument(Uint8Array.of(0x80))).toThrow("not an attestation document");
  });
});
