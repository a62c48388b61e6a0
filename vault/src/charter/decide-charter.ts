// SPDX-License-Identifier: Apache-2.0
/** The charter's decision about a release, beside that of the resources. */

import { decideByCharter } from "@strongroom/core";
import type { RecordReader } from "../ledger/ledger.ts";
import type { GovernedKind } from "../objects/selector.ts";
import type { VerifiedTarget } from "../release/attestation-token/verified-target.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { policiesFor } from "./charter-governance.ts";
import { isOver, readCharter } from "./charter-record.ts";

/** An object that is to be released. */
export interface ReleasedObject extends GovernedKind {
  readonly name: string;
}

/** What is asked. */
export interface CharterReleaseQuestion {
  readonly vault: Vault;
  readonly object: ReleasedObject;
  readonly target: VerifiedTarget;
  readonly at: Date;
}

/** Digest of the charter that allowed, if the vault has one, or why it does not. */
export type CharterAnswer =
  | { readonly kind: "allowed"; readonly digests: readonly string[] }
  | { readonly kind: "denied"; readonly reasons: readonly string[] };

/** Decides; never throws for a denial. */
export async function decideReleaseByCharter(
  reader: RecordReader,
  { vault, object, target, at }: CharterReleaseQuestion,
): Promise<CharterAnswer> {
  const record = await readCharter(reader, vault);
  if (record === undefined) {
    return { kind: "allowed", digests: [] };
  }
  const { charter, digest } = record;
  if (isOver(charter, at)) {
    return { kind: "denied", reasons: ["the vault's charter has expired"] };
  }
  // What another authority says of roots and classes is its own word (and is taken out of its tokens).
  if (!target.isOwn) {
    return { kind: "denied", reasons: ["a charter takes this installation's own tokens alone"] };
  }
  const { authorities } = charter;
  const policies = policiesFor(record, object, object.name);
  const decision = decideByCharter({ authorities, policies, vouched: target, at });
  return decision.kind === "allowed" ? { kind: "allowed", digests: [digest] } : decision;
}
