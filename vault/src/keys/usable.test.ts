// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "@jest/globals";
import type { FoundKey } from "./key-kind.ts";
import type { KeyOperation } from "./key-operations.ts";
import type { KeyType } from "./key-type.ts";
import { requireUsable } from "./usable.ts";

const at = new Date("2026-11-26T00:00:00Z");
const now = at.getTime() / 1_000;
const operations: readonly KeyOperation[] = [
  ...(["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"] as const),
];
type VaultLike = Parameters<typeof requireUsable>[0];

const vault = { release: "Allowed", legacyAlgorithms: [] } as unknown as VaultLike;

function key(version: object, object: object = {}, type: KeyType = "rsa-2048"): FoundKey {
  return {
    object: { governed: [], ...object },
    version: { type, enabled: true, operations, ...version },
  } as unknown as FoundKey;
}

/** Operations that are possible; what forbids the others has to be `code`. */
function possible(found: FoundKey, code: string, on: VaultLike = vault): readonly string[] {
  return operations.filter((operation) => {
    try {
      requireUsable(on, found, { operation, algorithm: "", at });
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code });
      return false;
    }
  });
}

test("an enabled key within its window does what its key_ops name", () => {
  expect(possible(key({ nbf: now, exp: now + 1 }), "")).toEqual(operations);
  const some = key({ operations: ["sign", "decrypt"] });
  expect(possible(some, "OperationNotPermitted")).toEqual(["decrypt", "sign"]);
});

test("a disabled key does nothing", () => {
  expect(possible(key({ enabled: false }), "ObjectDisabled")).toEqual([]);
});

test.each([
  ["before its time", { nbf: now + 1 }, "ObjectNotYetValid"],
  ["after its time", { exp: now }, "ObjectExpired"],
])("%s a key decrypts, unwraps and verifies only", (_, version, code) => {
  expect(possible(key(version), code)).toEqual(["decrypt", "verify", "unwrapKey"]);
});

describe("a governed key", () => {
  const governed = { governed: ["policy"] };

  test.each(["rsa-2048", "ec-p256", "ml-dsa-65"] as const)(
    "keeps what needs the public key: %s",
    (type) => {
      expect(possible(key({}, governed, type), "ReleaseRequired")).toEqual([
        ...["encrypt", "verify", "wrapKey"],
      ]);
    },
  );

  test("does nothing if it is symmetric", () => {
    expect(possible(key({}, governed, "aes-256"), "ReleaseRequired")).toEqual([]);
  });

  test.each(["rsa-2048", "aes-256"] as const)(
    "wraps data keys that only a release opens: %s",
    (type) => {
      const secure = key({ operations: ["secureWrapKey", "secureUnwrapKey"] }, governed, type);
      const use = (operation: KeyOperation) =>
        requireUsable(vault, secure, { operation, algorithm: "", at });
      expect(() => use("secureWrapKey")).not.toThrow();
      expect(() => use("secureUnwrapKey")).toThrow(
        expect.objectContaining({ code: "ReleaseRequired" }),
      );
    },
  );

  test("is every key of a vault that requires release", () => {
    const required = { ...vault, release: "Required" } as VaultLike;
    expect(possible(key({}), "ReleaseRequired", required)).toEqual([
      "encrypt",
      "verify",
      "wrapKey",
    ]);
  });
});

test.each(["RSA1_5", "RSNULL"])("%s is for vaults that opted in to it", (algorithm) => {
  const usage = { operation: "encrypt", algorithm, at } as const;
  expect(() => requireUsable(vault, key({}), usage)).toThrow(
    `the vault does not offer ${algorithm}`,
  );
  const legacy = { ...vault, legacyAlgorithms: [algorithm] } as VaultLike;
  expect(() => requireUsable(legacy, key({}), usage)).not.toThrow();
});
