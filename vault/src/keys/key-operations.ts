// SPDX-License-Identifier: Apache-2.0
/** Key Vault's `key_ops`: which of them a type of key may have, and has when nobody says. */

import { StrongroomError } from "@strongroom/core";
import { z } from "zod";
import { type KeyShape, type KeyType, keyShapes } from "./key-type.ts";

/** What a key may be used for. `import` is for exchange keys; `export` says that release is meant. */
export const keyOperationSchema = z.enum([
  "encrypt",
  "decrypt",
  "sign",
  "verify",
  "wrapKey",
  "unwrapKey",
  "import",
  "export",
  "secureWrapKey",
  "secureUnwrapKey",
]);

/** An operation. */
export type KeyOperation = z.infer<typeof keyOperationSchema>;

/** A key to say operations of. */
export interface KeyUse {
  readonly type: KeyType;
  readonly protection: "software" | "hsm";
  readonly exportable: boolean;
}

const ciphering: readonly KeyOperation[] = ["encrypt", "decrypt", "wrapKey", "unwrapKey"];
const signing: readonly KeyOperation[] = ["sign", "verify"];

const possible: Readonly<Record<KeyShape["family"], readonly KeyOperation[]>> = {
  ec: signing,
  rsa: [...ciphering, ...signing],
  aes: [...ciphering, ...signing],
  akp: signing,
};

/** What a key may do that wraps data keys for attested environments: nothing that would show to others what it wrapped. */
const secureWrapping: readonly KeyOperation[] = ["secureWrapKey", "secureUnwrapKey", "wrapKey"];

/** An AES key makes message authentication codes only where somebody says so: one key, one purpose. */
const byDefault: Readonly<Record<KeyShape["family"], readonly KeyOperation[]>> = {
  ...possible,
  aes: ciphering,
};

/** Operations of a new key, or of a changed one. @throws {StrongroomError} `BadParameter` where the type does not have one. */
export function operationsOf(
  use: KeyUse,
  requested: readonly string[] | null | undefined,
): readonly KeyOperation[] {
  const { family } = keyShapes[use.type];
  if (requested === null || requested === undefined || requested.length === 0) {
    return byDefault[family];
  }
  const operations = [...new Set(requested)];
  if (operations.includes("import")) {
    return exchangeOperations(use, operations);
  }
  if (wrapsSecurely(operations)) {
    return secureOperations(use, operations);
  }
  const allowed: readonly string[] = use.exportable
    ? [...possible[family], "export"]
    : possible[family];
  const other = operations.find((operation) => !allowed.includes(operation));
  if (other !== undefined) {
    throw new StrongroomError("BadParameter", "key_ops has an operation that such a key cannot do");
  }
  return operations as KeyOperation[];
}

/** Whether operations are those of a key that wraps data keys for attested environments alone. */
export function wrapsSecurely(operations: readonly string[]): boolean {
  return operations.includes("secureWrapKey") || operations.includes("secureUnwrapKey");
}

/** Some of the operations of such a key. @throws {StrongroomError} `BadParameter` for any other. */
export function narrowedOperations(requested: readonly string[]): readonly KeyOperation[] {
  const operations = [...new Set(requested)] as KeyOperation[];
  if (operations.some((operation) => !secureWrapping.includes(operation))) {
    throw new StrongroomError(
      "BadParameter",
      "a key with secureUnwrapKey can wrap besides, and do nothing else",
    );
  }
  return operations;
}

/** Azure asks for both, and for a key that is not exportable: who had the key could unwrap without being attested. */
function secureOperations(
  { type, exportable }: KeyUse,
  operations: readonly string[],
): readonly KeyOperation[] {
  const { family } = keyShapes[type];
  const both = operations.includes("secureWrapKey") && operations.includes("secureUnwrapKey");
  if (!both || exportable || (family !== "rsa" && family !== "aes")) {
    throw new StrongroomError(
      "BadParameter",
      "secureWrapKey and secureUnwrapKey stand together, for RSA and oct keys that are not exportable",
    );
  }
  return narrowedOperations(operations);
}

/** An exchange key opens other keys' material inside the token, and must do nothing else that would show it outside. */
function exchangeOperations(
  { type, protection }: KeyUse,
  operations: readonly string[],
): readonly KeyOperation[] {
  if (operations.length > 1 || protection !== "hsm" || keyShapes[type].family !== "rsa") {
    throw new StrongroomError(
      "BadParameter",
      "import is for RSA keys in the HSM, and stands alone in key_ops",
    );
  }
  return ["import"];
}
