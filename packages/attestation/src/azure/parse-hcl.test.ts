// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { parseHclReport } from "./parse-hcl-report.ts";
import { parseHclRuntimeData } from "./parse-runtime-data.ts";

const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const refusal = (message: string) =>
  expect.objectContaining({
    code: "EvidenceMalformed",
    message: expect.stringContaining(message),
  });

describe("a paravisor's report", () => {
  /** "HCLA", version 2, SNP, SHA-256; `size` is what it says of its runtime data. */
  function report(length: number, size = 0): Uint8Array {
    const words = { 0: 0x414c4348, 4: 2, 1224: 2, 1228: 1, 1232: size };
    const view = new DataView(new ArrayBuffer(Math.max(length, 1236)));
    for (const [at, word] of Object.entries(words)) {
      view.setUint32(Number(at), word, true);
    }
    return new Uint8Array(view.buffer).slice(0, length);
  }

  it("has 1236 bytes at least, 8192 at most, and runtime data up to its end", () => {
    expect(parseHclReport(report(1236)).runtimeData).toHaveLength(0);
    expect(parseHclReport(report(8192, 8192 - 1236)).runtimeData).toHaveLength(8192 - 1236);
    expect(() => parseHclReport(report(1235))).toThrow(refusal("report of 1235 bytes"));
    expect(() => parseHclReport(report(8193))).toThrow(refusal("report of 8193 bytes"));
    expect(() => parseHclReport(report(1240, 5))).toThrow(refusal("longer than it is"));
  });
});

describe("a paravisor's runtime data", () => {
  const jwk = (key: KeyObject = pair.publicKey) => {
    const { n, e } = key.export({ format: "jwk" });
    return { kid: "HCLAkPub", key_ops: ["sign"], kty: "RSA", e, n };
  };
  const parse = (value: unknown) => parseHclRuntimeData(utf8(JSON.stringify(value)));
  const other = { ...jwk(), kid: "HCLEkPub", key_ops: ["encrypt"] };

  it("names the attestation key, the machine and what the guest wrote", () => {
    const json = {
      keys: [null, other, jwk()],
      "vm-configuration": { vmUniqueId: "VM-1" },
      "user-data": "AB".repeat(64),
    };
    const { attestationKey, ...rest } = parse(json);
    expect(attestationKey.equals(pair.publicKey)).toBe(true);
    expect(rest).toEqual({ json, vmId: "VM-1", userData: new Uint8Array(64).fill(0xab) });
  });

  it("need not name machine or user data; zeros are none, unless some are", () => {
    const bare = { vmId: undefined, userData: undefined };
    expect(parse({ keys: [jwk()] })).toMatchObject(bare);
    expect(parse({ keys: [jwk()], "vm-configuration": { vmUniqueId: 1 } })).toMatchObject(bare);
    expect(parse({ keys: [jwk()], "vm-configuration": 1 })).toMatchObject(bare);
    expect(parse({ keys: [jwk()], "user-data": "00".repeat(64) })).toMatchObject(bare);
    const userData = new Uint8Array(64).fill(1, 63);
    expect(parse({ keys: [jwk()], "user-data": `${"00".repeat(63)}01` })).toMatchObject({
      userData,
    });
  });

  it("may call the use of its only key encryption", () => {
    const encrypt = { ...jwk(), key_ops: ["encrypt"] };
    expect(parse({ keys: [encrypt] }).attestationKey.equals(pair.publicKey)).toBe(true);
    expect(() => parse({ keys: [encrypt, other] })).toThrow(refusal("no RSA key for signing"));
  });

  it.each<[string, string, unknown]>([
    ["a list", "no object", []],
    ["keys that are none", "does not have one attestation key", { keys: jwk() }],
    ["no attestation key", "does not have one attestation key", { keys: [other] }],
    ["two attestation keys", "does not have one attestation key", { keys: [jwk(), jwk()] }],
    ["a key of another kind", "no RSA key for signing", { keys: [{ ...jwk(), kty: "EC" }] }],
    ["a modulus that is no text", "no RSA key for signing", { keys: [{ ...jwk(), n: 1 }] }],
    ["no exponent", "no RSA key for signing", { keys: [{ ...jwk(), e: undefined }] }],
    ["a use in text", "no RSA key for signing", { keys: [{ ...jwk(), key_ops: "s" }] }],
    ["another use", "no RSA key for signing", { keys: [{ ...jwk(), key_ops: ["verify"] }] }],
    ["a use twice", "no RSA key for signing", { keys: [{ ...jwk(), key_ops: ["sign", "sign"] }] }],
    // OpenSSL takes long over numbers that no key has.
    ["an exponent of kilobytes", "too long", { keys: [{ ...jwk(), e: "Ag".repeat(16) }] }],
    ["a modulus of kilobytes", "too long", { keys: [{ ...jwk(), n: "x".repeat(2_732) }] }],
    ["an empty modulus", "too short", { keys: [{ ...jwk(), n: "" }] }],
    [
      "a short key",
      "too short",
      { keys: [jwk(generateKeyPairSync("rsa", { modulusLength: 2040 }).publicKey)] },
    ],
    ["user data that is no text", "64 bytes", { keys: [jwk()], "user-data": 1 }],
    ["user data in a list", "64 bytes", { keys: [jwk()], "user-data": ["ab".repeat(64)] }],
    ["user data with more before", "64 bytes", { keys: [jwk()], "user-data": "0".repeat(129) }],
    [
      "user data with more behind",
      "64 bytes",
      { keys: [jwk()], "user-data": `${"0".repeat(128)} ` },
    ],
    ["short user data", "64 bytes", { keys: [jwk()], "user-data": "00".repeat(63) }],
  ])("is malformed with %s: %s", (_, message, value) => {
    expect(() => parse(value)).toThrow(refusal(message));
  });
});
