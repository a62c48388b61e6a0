// SPDX-License-Identifier: Apache-2.0
/** May this key do this now? Its state, its window, its operations, its governance, and what the vault opted in to. */

import { Refusal } from "../audit/event.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { legacyAlgorithms } from "./algorithms.ts";
import type { FoundKey } from "./key-kind.ts";
import type { KeyOperation } from "./key-operations.ts";
import { keyShapes } from "./key-type.ts";

/** A use of a key. */
export interface KeyUsage {
  readonly operation: KeyOperation;
  /** By Key Vault's name. */
  readonly algorithm: string;
  readonly at: Date;
}

/** What stays possible before `nbf` and after `exp`: data that was protected earlier can still be read and checked. */
const windowless: ReadonlySet<KeyOperation> = new Set(["decrypt", "unwrapKey", "verify"]);

/** What needs nothing secret of an asymmetric key. */
const publicOperations: ReadonlySet<KeyOperation> = new Set(["encrypt", "wrapKey", "verify"]);

/** @throws {Refusal} `ObjectDisabled`, `ObjectNotYetValid`, `ObjectExpired`, `OperationNotPermitted`, `ReleaseRequired`, `BadParameter` */
export function requireUsable(vault: Vault, { object, version }: FoundKey, usage: KeyUsage): void {
  const { operation, algorithm, at } = usage;
  const refuse = (code: Refusal["code"], state: string) =>
    new Refusal(code, `operation ${operation} is not allowed on ${state}`);
  if (!version.enabled) {
    throw refuse("ObjectDisabled", "a disabled key");
  }
  const now = toSeconds(at);
  if (!windowless.has(operation) && version.nbf !== undefined && now < version.nbf) {
    throw refuse("ObjectNotYetValid", "a key that is not yet valid");
  }
  if (!windowless.has(operation) && version.exp !== undefined && now >= version.exp) {
    throw refuse("ObjectExpired", "an expired key");
  }
  if (!version.operations.includes(operation)) {
    throw refuse("OperationNotPermitted", "this key: its key_ops do not name it");
  }
  if (isGoverned(vault, object.governed) && !showsNothing(version.type, operation)) {
    throw new Refusal(
      "ReleaseRequired",
      "a release policy governs this key: what is secret of it is used after release only",
    );
  }
  if (legacyAlgorithms.has(algorithm) && !vault.legacyAlgorithms?.includes(algorithm)) {
    throw new Refusal("BadParameter", `the vault does not offer ${algorithm}`);
  }
}

/** Whether an operation needs the public key alone, or makes what only a release opens. */
function showsNothing(type: keyof typeof keyShapes, operation: KeyOperation): boolean {
  const isPublic = keyShapes[type].family !== "aes" && publicOperations.has(operation);
  return isPublic || operation === "secureWrapKey";
}

function isGoverned({ release }: Vault, governed: readonly string[]): boolean {
  return release === "Required" || governed.length > 0;
}
