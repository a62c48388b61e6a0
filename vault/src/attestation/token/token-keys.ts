// SPDX-License-Identifier: Apache-2.0
/**
 * The keys of attestation tokens and their rotation.
 *
 * A key is published for a day before it signs, so that whoever keeps our key set for some time has it by then, and after
 * its last signature for as long as a token can live. Each step is one write: a vault that is killed between two goes on
 * from the one that is durable.
 */

import { createPublicKey, type KeyObject } from "node:crypto";
import { fromBase64url, installationScope, type JsonValue } from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import { calculateJwkThumbprint, exportJWK, type JWK } from "jose";
import { z } from "zod";
import { installationRecords } from "../../installation/installation-keys.ts";
import { openTokenKey, type TokenKey } from "../../installation/token-key.ts";
import type { LedgerTransaction, RecordReader } from "../../ledger/ledger.ts";
import { erased, isErased } from "../../objects/erased.ts";

const hour = 3_600_000;
const day = 24 * hour;

/** Milliseconds for which a key signs. */
export const signingPeriod = 90 * day;
/** Milliseconds for which a key is published before it signs. */
const publishedAhead = day;
/** Milliseconds for which a key is published after it signed: the longest life of a token, and clocks that differ. */
const publishedAfter = hour + 5 * 60_000;

/** A public key as verifiers get it. */
export type PublishedKey = JWK & { readonly kid: string };

/** The keys as they are now. */
export interface TokenKeys {
  readonly current: TokenKey & { readonly kid: string };
  /** Every key whose tokens may be about, or will be soon. */
  published(at: Date): readonly PublishedKey[];
  /** The key of a token's header; undefined for an unknown one, or one that signed nothing which is valid still. */
  find(kid: string, at: Date): KeyObject | undefined;
}

/** What the keys' records say. */
interface KeyRecords {
  readonly current: JsonValue | undefined;
  readonly next: JsonValue | undefined;
}

const retiredSchema = z.object({
  retired: z
    .array(
      z.object({ publicKey: z.string(), certificate: z.string().optional(), until: z.number() }),
    )
    .default([]),
});

const currentKey = { scope: installationScope, id: installationRecords.attestation };
const nextKey = { scope: installationScope, id: installationRecords.nextAttestation };

/** Opens the keys of their records. */
export async function openTokenKeys(hsm: HsmClient, reader: RecordReader): Promise<TokenKeys> {
  const records = await readRecords(reader);
  const current = openTokenKey(hsm, records.current);
  const next = records.next === undefined ? undefined : openTokenKey(hsm, records.next);
  const inUse = [current, ...(next === undefined ? [] : [next])];
  const keys = [
    ...inUse.map((key) => ({ ...key, until: Number.POSITIVE_INFINITY })),
    ...retiredOf(records).map((key) => ({
      publicKey: publicKeyOf(fromBase64url(key.publicKey)),
      certificate: key.certificate === undefined ? undefined : fromBase64url(key.certificate),
      until: key.until,
    })),
  ];
  const published = await Promise.all(
    keys.map(async (key) => ({ ...key, jwk: await toJwk(key.publicKey, key.certificate) })),
  );
  const valid = (at: Date) => published.filter(({ until }) => at.getTime() < until);
  return {
    current: { ...current, kid: published[0]?.jwk.kid ?? "" },
    published: (at) => valid(at).map(({ jwk }) => jwk),
    find: (kid, at) => valid(at).find(({ jwk }) => jwk.kid === kid)?.publicKey,
  };
}

/** What a rotation has to do next, at `at`. */
export type RotationStep = "none" | "publish" | "promote";

/** Decides on the next step of a rotation by the calendar. */
export function nextStep(
  current: Pick<TokenKey, "since">,
  next: Pick<TokenKey, "since"> | undefined,
  at: Date,
): RotationStep {
  const age = at.getTime() - current.since;
  if (next === undefined) {
    return age >= signingPeriod - publishedAhead ? "publish" : "none";
  }
  return age >= signingPeriod && at.getTime() - next.since >= publishedAhead ? "promote" : "none";
}

/** The step that is due. */
export async function dueStep(
  hsm: HsmClient,
  reader: RecordReader,
  at: Date,
): Promise<RotationStep> {
  const { current, next } = await readRecords(reader);
  const open = (content: JsonValue) => openTokenKey(hsm, content);
  return nextStep(open(current ?? null), next === undefined ? undefined : open(next), at);
}

/** Writes the key that will sign next, if there is none. */
export async function publishNext(tx: LedgerTransaction, made: JsonValue): Promise<void> {
  if ((await readRecords(tx)).next === undefined) {
    await tx.put(nextKey, made);
  }
}

/** Makes the next key the signing one, and the one that signed until now a published one for a while. */
export async function promoteNext(tx: LedgerTransaction, at: Date): Promise<void> {
  const records = await readRecords(tx);
  if (records.next === undefined) {
    return;
  }
  const current = records.current as { readonly [name: string]: JsonValue };
  const live = retiredOf(records).filter(({ until }) => at.getTime() < until);
  const { publicKey, certificate } = current;
  const until = at.getTime() + publishedAfter;
  const last = { publicKey, until, ...(certificate === undefined ? {} : { certificate }) };
  const next = records.next as { readonly [name: string]: JsonValue };
  await tx.put(currentKey, { ...next, since: at.getTime(), retired: [...live, last] } as JsonValue);
  await tx.put(nextKey, erased);
}

async function readRecords(reader: RecordReader): Promise<KeyRecords> {
  const next = (await reader.read(nextKey))?.body;
  return {
    current: (await reader.read(currentKey))?.body,
    next: next === undefined || isErased(next) ? undefined : next,
  };
}

function retiredOf({ current }: KeyRecords) {
  return retiredSchema.parse(current).retired;
}

function publicKeyOf(spki: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
}

/** The public half, its thumbprint (RFC 7638) as key id. */
async function toJwk(key: KeyObject, certificate: Uint8Array | undefined): Promise<PublishedKey> {
  const jwk = await exportJWK(key);
  const x5c = certificate && { x5c: [Buffer.from(certificate).toString("base64")] };
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: "ES256", use: "sig", ...x5c };
}
