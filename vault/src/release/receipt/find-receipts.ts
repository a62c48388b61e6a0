// SPDX-License-Identifier: Apache-2.0
/** Which receipts there are of an object: its releases in the audit logs, newest first, a bounded part of them at a time. */

import { maxReceiptsPerPage, type ReceiptList } from "@strongroom/api";
import { decodeLeaf, StrongroomError } from "@strongroom/core";
import { z } from "zod";
import type { AnchoredHead, HeadSigner, Ledger } from "../../ledger/ledger.ts";
import type { StoredLeaf } from "../../store/store.ts";
import type { Vault } from "../../vaults/vault-record.ts";
import type { AskedObject } from "../releasable.ts";
import { type LeafRelease, releasesOf } from "./facts-of-leaf.ts";

/** Leaves that one request looks at: some 2 MB. */
const maxLooked = 2_000;
/** What no other leaf than one of a release has, as bytes: the rest need not be parsed. */
const mark = Buffer.from('"policies":');

/** What is searched. */
export interface ReceiptSource {
  readonly ledger: Pick<Ledger, "log" | "head" | "logs">;
  readonly heads: Pick<HeadSigner, "heads">;
}

/** Whose receipts are wanted. */
export interface ReceiptSearch {
  readonly vault: Vault;
  readonly object: Pick<AskedObject, "kind" | "name">;
  /** Whether a release is shown to who asks. */
  readonly isShown: (release: LeafRelease) => boolean;
  /** Where an earlier page ended. */
  readonly after: string | undefined;
}

/** A part of them, and where the next begins. */
export interface FoundReceipts {
  readonly entries: ReceiptList["value"];
  readonly next: string | undefined;
}

/** Leaves of a log before an index are still to be looked at. */
interface Place {
  readonly log: string;
  readonly end: number;
}

/** Searches on. It throws `BadParameter` if the place is none. */
export type FindReceipts = (search: ReceiptSearch) => Promise<FoundReceipts>;

/** A search of a ledger's logs. */
export function createReceiptSearch(source: ReceiptSource): FindReceipts {
  const openings: Openings = new Map();
  return async (search) => await find(source, await logsNewestFirst(source, openings), search);
}

async function find(
  source: ReceiptSource,
  logs: readonly Place[],
  search: ReceiptSearch,
): Promise<FoundReceipts> {
  const begun = search.after === undefined ? logs[0] : parsePlace(search.after, logs);
  const entries: ReceiptList["value"] = [];
  let left = maxLooked;
  let place: Place | undefined = begun;
  while (place !== undefined && left > 0 && entries.length < maxReceiptsPerPage) {
    const { log, end }: Place = place;
    const from = Math.max(0, end - Math.min(left, maxLooked / 4));
    const leaves = await source.ledger.logs.leaves(log, { from, limit: end - from });
    left -= Math.max(1, leaves.length);
    const looked = takeFrom(leaves, search, entries);
    place = looked > from ? { log, end: looked } : before(logs, { log, end: from });
  }
  return { entries, next: place === undefined ? undefined : `${place.log}/${place.end}` };
}

// A leaf of a batch may have several versions of the object; a page ends behind a whole leaf.
function takeFrom(
  leaves: readonly StoredLeaf[],
  search: ReceiptSearch,
  entries: ReceiptList["value"],
): number {
  for (const { log, index, bytes } of leaves.toReversed()) {
    if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(mark)) {
      const found = releasesOf(decodeLeaf(bytes), search.vault)
        .filter((release) => isOf(release, search.object) && search.isShown(release))
        .map(({ kind, name, facts: { policies: _, evidence: __, ...facts } }) => ({
          ...{ log, index, kind, name, ...facts },
        }));
      entries.push(...found);
    }
    if (entries.length >= maxReceiptsPerPage) {
      return index;
    }
  }
  return leaves[0]?.index ?? 0;
}

function isOf(release: LeafRelease, { kind, name }: ReceiptSearch["object"]): boolean {
  return release.kind === kind && release.name.toLowerCase() === name.toLowerCase();
}

/** When each log was opened, of those that were asked for: it does not change. */
type Openings = Map<string, string>;

const openingSchema = z.object({ event: z.object({ time: z.string() }) });

// Each start opened one; when, its first leaf says. Nothing is behind the last head that the HSM signed.
async function logsNewestFirst(
  { ledger, heads }: ReceiptSource,
  openings: Openings,
): Promise<readonly Place[]> {
  const own = ledger.head();
  const closed = (await heads.heads()).filter(({ log }) => log !== own.log);
  for (const { log } of closed) {
    if (!openings.has(log)) {
      const [first] = await ledger.logs.leaves(log, { from: 0, limit: 1 });
      const opening = first && openingSchema.safeParse(decodeLeaf(first.bytes));
      openings.set(log, opening?.success ? opening.data.event.time : "");
    }
  }
  const timeOf = ({ log }: AnchoredHead) => openings.get(log) ?? "";
  const ordered = closed.toSorted((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1));
  return [own, ...ordered].map(({ log, size }) => ({ log, end: size }));
}

function before(logs: readonly Place[], { log, end }: Place): Place | undefined {
  return end > 0 ? { log, end } : logs[logs.findIndex((one) => one.log === log) + 1];
}

function parsePlace(text: string, logs: readonly Place[]): Place {
  const [, log, end] = /^([0-9a-f]{32})\/(\d{1,15})$/.exec(text) ?? [];
  const known = logs.find((one) => one.log === log);
  if (known === undefined) {
    throw new StrongroomError("BadParameter", "$skiptoken is not one of this list");
  }
  return { log: known.log, end: Math.min(Number(end), known.end) };
}
