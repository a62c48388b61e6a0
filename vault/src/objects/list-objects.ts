// SPDX-License-Identifier: Apache-2.0
/** Lists of objects, deleted ones and versions: a page at a time, and only what the caller's roles let them see. */

import type { DataAction } from "@strongroom/core";
import type { Caller } from "../identity/caller.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { type Assignments, isAllowed, requireAccess } from "../vaults/access.ts";
import { parseRecord, type Vault } from "../vaults/vault-record.ts";
import { isErased } from "./erased.ts";
import {
  type ObjectRecord,
  objectPrefix,
  objectRecordSchema,
  versionPrefix,
} from "./object-record.ts";
import type { ObjectType } from "./object-type.ts";
import { type FoundVersion, isActive, readVersion, requireObject } from "./read-object.ts";
import { type Scan, scanPage } from "./scan-page.ts";

/** A page for a caller: at most `limit` entries behind the record id `after`. */
export interface PageRequest {
  readonly vault: Vault;
  readonly caller: Caller;
  /** The action that the caller's roles must allow on each entry. */
  readonly action: DataAction;
  readonly after: string | undefined;
  readonly limit: number;
}

/** Entries, and the record id behind which the next page begins. A page may be empty and yet have a next one. */
export interface ObjectPage<Own extends object> {
  readonly items: readonly FoundVersion<Own>[];
  readonly after: string | undefined;
}

/** Objects that the caller may see, with their current versions. */
export async function listObjects<Own extends object>(
  tx: LedgerTransaction,
  type: ObjectType<Own>,
  request: PageRequest,
): Promise<ObjectPage<Own>> {
  return await list(tx, type, request, isActive);
}

/** Deleted objects that the caller may see; one whose purge has begun is none any more. */
export async function listDeleted<Own extends object>(
  tx: LedgerTransaction,
  type: ObjectType<Own>,
  request: PageRequest,
): Promise<ObjectPage<Own>> {
  return await list(tx, type, request, isDeleted);
}

/** Versions of one object. @throws {Refusal} `NotFound` if there is no such object. */
export async function listVersions<Own extends object>(
  tx: LedgerTransaction,
  type: ObjectType<Own>,
  request: PageRequest & { readonly name: string },
): Promise<ObjectPage<Own>> {
  return await versionsOf(tx, type, request, (found) => found.version.deleted === undefined);
}

/** Versions of one object that were deleted on their own. @throws {Refusal} `NotFound` if there is no such object. */
export async function listDeletedVersions<Own extends object>(
  tx: LedgerTransaction,
  type: ObjectType<Own>,
  request: PageRequest & { readonly name: string },
): Promise<ObjectPage<Own>> {
  return await versionsOf(tx, type, request, (found) => found.version.deleted !== undefined);
}

function isDeleted(object: ObjectRecord): boolean {
  return object.deleted !== null && object.purged === null;
}

async function list<Own extends object>(
  tx: LedgerTransaction,
  type: ObjectType<Own>,
  { vault, caller, action, after, limit }: PageRequest,
  wanted: (object: ObjectRecord) => boolean,
): Promise<ObjectPage<Own>> {
  const question = { action, via: "api" } as const;
  const assignments = await requireAccess(tx, vault, caller, question);
  const isVisible = (object: ObjectRecord) =>
    wanted(object) && maySee(assignments, caller, action, `${type.kind}/${object.name}`);
  const scan: Scan = { scope: vault.uid, prefix: objectPrefix(type.kind), after, limit };
  return await scanPage(tx, scan, async ({ body }) => {
    const object = parseRecord(objectRecordSchema, body);
    return isVisible(object) ? await readVersion(tx, vault, type, { object }) : undefined;
  });
}

async function versionsOf<Own extends object>(
  tx: LedgerTransaction,
  type: ObjectType<Own>,
  { vault, caller, action, after, limit, name }: PageRequest & { readonly name: string },
  wanted: (found: FoundVersion<Own>) => boolean,
): Promise<ObjectPage<Own>> {
  await requireAccess(tx, vault, caller, { action, via: "api", object: `${type.kind}/${name}` });
  const object = await requireObject(tx, vault, type, name);
  const scan: Scan = { scope: vault.uid, prefix: versionPrefix(type.kind, name), after, limit };
  return await scanPage(tx, scan, async ({ id, body }) => {
    if (isErased(body)) {
      return undefined;
    }
    const version = parseRecord(type.versionSchema, body);
    const found = { object, version, key: { scope: vault.uid, id } };
    return wanted(found) ? found : undefined;
  });
}

function maySee(
  assignments: Assignments,
  caller: Caller,
  action: DataAction,
  object: string,
): boolean {
  return isAllowed(assignments, caller, { action, via: "api", object });
}
