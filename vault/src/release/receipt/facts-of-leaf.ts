// SPDX-License-Identifier: Apache-2.0
/** What a leaf of the audit log says of releases: all that their receipts are made from, then and later. */

import { type ObjectKind, objectKindSchema, type ReleaseFacts } from "@strongroom/api";
import type { AuditLeaf, Principal } from "@strongroom/core";
import { z } from "zod";
import { toSeconds } from "../../vaults/to-seconds.ts";
import type { Vault } from "../../vaults/vault-record.ts";

/** One object that was released by a leaf's decision. */
export interface LeafRelease {
  readonly kind: ObjectKind;
  readonly name: string;
  /** Who asked for it. */
  readonly principal: Principal;
  readonly facts: ReleaseFacts;
}

const granted = {
  version: z.string(),
  unwrapped: z.string().optional(),
  policies: z.array(z.string()),
};
const eventSchema = z.object({
  time: z.iso.datetime(),
  operationName: z.string(),
  resultType: z.literal("Success"),
  identity: z.object({
    ...{ issuer: z.string(), subject: z.string() },
    ...{ accountUid: z.string().optional(), podUid: z.string().optional() },
  }),
});
const common = { vault: z.string(), vaultName: z.string(), evidence: z.string() };
/** Of a route of one object. */
const oneSchema = z.object({ ...common, ...granted, id: z.string() });
/** Of the batch. */
const batchSchema = z.object({
  ...common,
  releases: z.array(
    z.union([
      z.object({ result: z.literal("granted"), object: z.string(), ...granted }),
      z.object({ result: z.literal("denied") }),
    ]),
  ),
});

/** Every object of `vault` that the leaf says was released, in the order of the request. */
export function releasesOf(leaf: AuditLeaf, vault: Vault): readonly LeafRelease[] {
  const event = eventSchema.safeParse(leaf.event);
  if (!event.success || leaf.event.properties["vault"] !== vault.uid) {
    return [];
  }
  const { identity, operationName, time } = event.data;
  const { podUid, ...principal } = identity;
  const { issuer, subject } = principal;
  return versionsOf(leaf.event.properties, vault).flatMap(({ id, version, ...released }) => {
    const [kind, name] = id.split("/").slice(-2);
    const known = objectKindSchema.safeParse(kind);
    const facts: ReleaseFacts = {
      operation: operationName,
      released: toSeconds(new Date(time)),
      object: `${id}/${version}`,
      identity: { issuer, subject },
      ...(podUid === undefined ? {} : { pod: { uid: podUid } }),
      ...released,
    };
    return known.success && name !== undefined
      ? [{ kind: known.data, name, principal, facts }]
      : [];
  });
}

interface ReleasedVersion
  extends Pick<ReleaseFacts, "vault" | "policies" | "evidence" | "unwrapped"> {
  /** Without the version. */
  readonly id: string;
  readonly version: string;
}

function versionsOf(
  properties: AuditLeaf["event"]["properties"],
  { hosts }: Vault,
): readonly ReleasedVersion[] {
  const one = oneSchema.safeParse(properties);
  if (one.success) {
    const { vault: uid, vaultName, ...released } = one.data;
    return [{ vault: { uid, name: vaultName }, ...released }];
  }
  const batch = batchSchema.safeParse(properties);
  if (!batch.success) {
    return [];
  }
  const { vault: uid, vaultName, evidence, releases } = batch.data;
  const vault = { uid, name: vaultName };
  // A batch says which objects; where they are is the vault's address.
  return releases.flatMap((release) => {
    if (release.result === "denied") {
      return [];
    }
    const { object, result: _, ...released } = release;
    return [{ vault, evidence, id: `https://${hosts[0]}/${object}`, ...released }];
  });
}
