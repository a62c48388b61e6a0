// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "@jest/globals";
import { operationsOf } from "./key-operations.ts";

const rsa = { type: "rsa-2048", protection: "hsm", exportable: false } as const;

test.each([
  ["ec-p256", ["sign", "verify"]],
  ["ml-dsa-44", ["sign", "verify"]],
  ["rsa-3072", ["encrypt", "decrypt", "wrapKey", "unwrapKey", "sign", "verify"]],
  ["aes-256", ["encrypt", "decrypt", "wrapKey", "unwrapKey"]],
] as const)("a new %s key does %j by default", (type, operations) => {
  expect(operationsOf({ ...rsa, type }, undefined)).toEqual(operations);
  expect(operationsOf({ ...rsa, type }, [])).toEqual(operations);
});

test("an AES key makes authentication codes where somebody asks for it", () => {
  expect(operationsOf({ ...rsa, type: "aes-256" }, ["sign"])).toEqual(["sign"]);
});

test("export is for exportable keys", () => {
  expect(operationsOf({ ...rsa, exportable: true }, ["export", "sign"])).toEqual([
    "export",
    "sign",
  ]);
  expect(() => operationsOf(rsa, ["export"])).toThrow();
});

test("an exchange key is an RSA key in the HSM that does nothing else", () => {
  expect(operationsOf(rsa, ["import"])).toEqual(["import"]);
  expect(() => operationsOf(rsa, ["import", "decrypt"])).toThrow("stands alone");
  expect(() => operationsOf({ ...rsa, protection: "software" }, ["import"])).toThrow();
  expect(() => operationsOf({ ...rsa, type: "ec-p256" }, ["import"])).toThrow();
});

test("refuses what the type cannot do, and what is no operation", () => {
  expect(() => operationsOf({ ...rsa, type: "ec-p256" }, ["encrypt"])).toThrow();
  expect(() => operationsOf(rsa, ["toString"])).toThrow();
});
