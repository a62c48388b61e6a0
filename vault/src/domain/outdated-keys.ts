// SPDX-License-Identifier: Apache-2.0
/** Keys in the store that are under older key encryption keys: found by asking the HSM for each, with what to store instead. */

import {
  type DeriveSubkey,
  equalBytes,
  fromBase64url,
  installationScope,
  isStrongroomError,
  type JsonValue,
  openValue,
  type RecordKey,
  sealValue,
  sha256,
  toBase64url,
  toHex,
} from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import { z } from "zod";
import type { LedgerReader, RecordBody } from "../ledger/ledger.ts";
import { materialBinding } from "../objects/material.ts";
import { versionPrefix } from "../objects/object-record.ts";
import { allRecords } from "../vaults/vault-directory.ts";
import { parseRecord, type Vault, vaultRecordSchema } from "../vaults/vault-record.ts";

/** What finding works with. */
export interface OutdatedDeps {
  readonly ledger: LedgerReader;
  readonly hsm: Pick<HsmClient, "rewrap">;
  readonly derive: (vault: Vault) => DeriveSubkey;
}

/** A record whose key is to be moved: what it says instead, as long as its revision is the one that was read. */
export interface OutdatedKey {
  readonly key: RecordKey;
  readonly revision: number;
  readonly content: JsonValue;
  /** The sealed material instead, where the key is in it. */
  readonly sealed?: Uint8Array;
}

const sealedKeySchema = z.looseObject({
  protection: z.literal("hsm"),
  keyId: z.string(),
  valueDigest: z.string(),
});

/** All of them, in every scope: deleted vaults can come back, and so must their keys. */
export async function* findOutdated(deps: OutdatedDeps): AsyncGenerator<OutdatedKey> {
  yield* inRecords(deps, installationScope);
  for await (const { body } of allRecords(deps.ledger, installationScope, "vault/")) {
    const vault = parseRecord(vaultRecordSchema, body);
    yield* inRecords(deps, vault.uid);
    yield* inMaterial(deps, vault);
  }
}

// A key of the installation or of a scope: member `blob` of a record, wherever it stands.
async function* inRecords(deps: OutdatedDeps, scope: string): AsyncGenerator<OutdatedKey> {
  for await (const { id, revision, body } of allRecords(deps.ledger, scope, "")) {
    const content = await withNewBlobs(deps, body);
    if (content !== body) {
      yield { key: { scope, id }, revision, content };
    }
  }
}

async function withNewBlobs(deps: OutdatedDeps, value: JsonValue): Promise<JsonValue> {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    return value;
  }
  const members = Object.entries(value as { readonly [name: string]: JsonValue });
  const next: (readonly [string, JsonValue])[] = [];
  for (const [name, member] of members) {
    const isBlob = name === "blob" && typeof member === "string";
    next.push([name, isBlob ? await newBlob(deps, member) : await withNewBlobs(deps, member)]);
  }
  const isSame = next.every(([, member], index) => member === members[index]?.[1]);
  return isSame ? value : Object.fromEntries(next);
}

async function newBlob({ hsm }: OutdatedDeps, text: string): Promise<string> {
  return toBase64url(await rewrapped(hsm, fromBase64url(text)));
}

// A blob that no key of the token opens is of no use under any: it stays as it is.
async function rewrapped(hsm: OutdatedDeps["hsm"], blob: Uint8Array): Promise<Uint8Array> {
  try {
    return await hsm.rewrap(blob);
  } catch (error) {
    if (isStrongroomError(error, "HsmBlobRejected")) {
      return blob;
    }
    throw error;
  }
}

// A key of a vault's: the sealed material of its version.
async function* inMaterial(deps: OutdatedDeps, vault: Vault): AsyncGenerator<OutdatedKey> {
  const prefix = versionPrefix("keys", "").slice(0, -1);
  for await (const record of allRecords(deps.ledger, vault.uid, prefix)) {
    const outdated = await moveMaterial(deps, vault, record);
    if (outdated !== undefined) {
      yield outdated;
    }
  }
}

async function moveMaterial(
  { ledger, hsm, derive }: OutdatedDeps,
  vault: Vault,
  { id, revision, body }: RecordBody,
): Promise<OutdatedKey | undefined> {
  const parsed = sealedKeySchema.safeParse(body);
  const key = { scope: vault.uid, id };
  const sealed = parsed.success ? await ledger.readValue(key) : undefined;
  if (!parsed.success || sealed === undefined) {
    return undefined;
  }
  const [, , name = "", version = ""] = id.split("/");
  const binding = materialBinding(vault.uid, { kind: "keys", name, version }, parsed.data.keyId);
  using before = await openValue(derive(vault), binding, sealed);
  const after = await rewrapped(hsm, before.reveal());
  if (equalBytes(after, before.reveal())) {
    return undefined;
  }
  const moved = await sealValue(derive(vault), binding, after);
  const content = { ...(body as object), valueDigest: toHex(sha256(moved)) };
  return { key, revision, content, sealed: moved };
}
