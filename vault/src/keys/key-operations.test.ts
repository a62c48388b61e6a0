// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "@jest/globals";
import { narrowedOperations, operationsOf } from "./key-operations.ts";

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

const secure = ["secureWrapKey", "secureUnwrapKey"];

test.each(["rsa-2048", "aes-256"] as const)(
  "a %s key wraps data keys securely where somebody asks for both operations",
  (type) => {
    for (const protection of ["hsm", "software"] as const) {
      const use = { ...rsa, type, protection };
      expect(operationsOf(use, secure)).toEqual(secure);
      expect(operationsOf(use, [...secure, "wrapKey"])).toEqual([...secure, "wrapKey"]);
      for (const one of secure) {
        expect(() => operationsOf(use, [one])).toThrow("stand together");
      }
      expect(() => operationsOf({ ...use, exportable: true }, secure)).toThrow("not exportable");
      for (const showing of ["unwrapKey", "decrypt", "encrypt", "sign"]) {
        expect(() => operationsOf(use, [...secure, showing])).toThrow("nothing else");
      }
    }
  },
);

test("a key that wraps securely keeps to its operations, and to no others", () => {
  expect(narrowedOperations(["secureUnwrapKey"])).toEqual(["secureUnwrapKey"]);
  expect(narrowedOperations(["wrapKey", "wrapKey"])).toEqual(["wrapKey"]);
  expect(() => narrowedOperations(["unwrapKey"])).toThrow();
  expect(() => operationsOf({ ...rsa, type: "ec-p256" }, secure)).toThrow();
  expect(() => operationsOf(rsa, [...secure, "import"])).toThrow();
});

test("refuses what the type cannot do, and what is no operation", () => {
  expect(() => operationsOf({ ...rsa, type: "ec-p256" }, ["encrypt"])).toThrow();
  expect(() => operationsOf(rsa, ["toString"])).toThrow();
});
