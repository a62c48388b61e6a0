// SPDX-License-Identifier: Apache-2.0
/** Writing a prepared key's version, and changing what is said about one. */

import { StrongroomError } from "@strongroom/core";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { requireUnmanaged } from "../objects/refusals.ts";
import { updateVersion } from "../objects/update-version.ts";
import { type VersionAttributes, writeVersion } from "../objects/write-version.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { type FoundKey, type KeyMembers, keyKind } from "./key-kind.ts";
import { narrowedOperations, operationsOf, wrapsSecurely } from "./key-operations.ts";
import type { WireKey } from "./plan-key.ts";
import type { PreparedKey } from "./prepare-key.ts";
import { changedReleasePolicy } from "./release-policy.ts";

/** A prepared key to be written. */
export interface KeyWrite {
  readonly vault: Vault;
  readonly name: string;
  readonly prepared: PreparedKey;
  readonly attributes: VersionAttributes;
  readonly at: Date;
  /** Uid of the resource that asks for it. */
  readonly owner?: string | undefined;
}

/** Writes the version and makes it current. @throws {Refusal} `ObjectManaged`, or as `writeVersion`. */
export async function writeKey(
  tx: LedgerTransaction,
  operation: string,
  { prepared, ...write }: KeyWrite,
): Promise<FoundKey> {
  const written = await writeVersion(tx, keyKind, { ...write, ...prepared });
  requireUnmanaged(operation, written.object);
  return written;
}

/** Changes a version. @throws {Refusal} `ObjectManaged`, `PolicyImmutable`, or `BadParameter`. */
export async function updateKey(
  tx: LedgerTransaction,
  found: FoundKey,
  change: { readonly wire: WireKey; readonly attributes: VersionAttributes; readonly at: Date },
): Promise<FoundKey> {
  requireUnmanaged("update", found.object);
  const own = changedMembers(found.version, change.wire);
  return await updateVersion(tx, found, { ...change, own });
}

function changedMembers(version: KeyMembers, wire: WireKey): Partial<KeyMembers> {
  const exportable = wire.attributes?.exportable ?? version.exportable;
  if (exportable !== version.exportable) {
    throw new StrongroomError("BadParameter", "exportable cannot be changed once a key is made");
  }
  const policy = wire.release_policy;
  const operations = wire.key_ops;
  return {
    ...(policy ? { releasePolicy: changedReleasePolicy(version, policy) } : {}),
    ...(operations ? { operations: changedOperations(version, operations) } : {}),
  };
}

// The HSM's blob permits what the key was made with: a change may take away from that, and give it back.
function changedOperations(version: KeyMembers, requested: readonly string[]) {
  const operations = requested.length === 0 ? [] : operationsToBe(version, requested);
  const { hsmOperations } = version;
  if (hsmOperations !== undefined && operations.some((known) => !hsmOperations.includes(known))) {
    throw new StrongroomError(
      "BadParameter",
      "key_ops of a key in the HSM cannot become more than it was made with",
    );
  }
  return [...operations];
}

// A key with a policy that is not exportable was made to unwrap for attested environments, and another was not: for good, whatever
// of its operations is left. Else who may change a key could have unwrapKey of it, and what it wrapped.
function operationsToBe(version: KeyMembers, requested: readonly string[]) {
  if (version.releasePolicy !== undefined && !version.exportable) {
    return narrowedOperations(requested);
  }
  if (wrapsSecurely(requested)) {
    throw new StrongroomError("BadParameter", "secureUnwrapKey is for keys that were made with it");
  }
  return operationsOf(version, requested);
}
