// SPDX-License-Identifier: Apache-2.0
/**
 * Verifies a store, or a copy of one, without its HSM: leaves, fold, records, values, and heads that somebody kept.
 * Of a vault that runs elsewhere there are no rows: its logs alone are verified.
 *
 * What needs a key of the HSM is left out, the MACs of records namely; their digests are in the leaves, and what the
 * leaves are, the heads say.
 */

import { createPublicKey, type KeyObject, verify } from "node:crypto";
import {
  decodeRecordBody,
  fromBase64url,
  headMessage,
  installationScope,
  isStrongroomError,
  recordDigest,
  toHex,
} from "@strongroom/core";
import { z } from "zod";
import { installationRecords } from "../installation/installation-keys.ts";
import { collectFindings, type Finding, nameOf, type Report } from "../ledger/finding.ts";
import { pageSizes } from "../ledger/limits.ts";
import type { RecordIndex } from "../ledger/record-index.ts";
import { describedValue } from "../ledger/verified-reads.ts";
import { type LogVerification, verifyLogs } from "../ledger/verify-logs.ts";
import { everyRow, verifyValues } from "../ledger/verify-records.ts";
import type { StoreReader, StoreScanner } from "../store/store.ts";
import type { KeptHead, KeptHeads } from "./read-heads.ts";
import type { RemoteLogs } from "./remote-logs.ts";

/** What was verified, and what is wrong with it. */
export interface OfflineVerification {
  readonly findings: readonly Finding[];
  readonly logs: number;
  readonly leaves: number;
  readonly records: number;
  readonly heads: number;
}

/** @param headKey Whose signatures heads must carry; that of the store itself where it is not given. */
export async function verifyOffline(
  store: StoreScanner & StoreReader,
  kept: KeptHeads,
  headKey: KeyObject | undefined,
): Promise<OfflineVerification> {
  const { findings, report } = collectFindings();
  const { heads, areAll } = kept;
  const verified = await verifyLogs(store, heads, areAll ? "every log" : "some logs");
  await verifyRows(store, verified.index, report);
  await verifyValues(store, verified.index, report);
  verifySignatures(heads, headKey ?? (await headKeyOf(store)), report);
  return summary(verified, findings, heads.length);
}

/** @param kept Heads that somebody kept. @param headKey Whose signatures they must carry; what the vault says where it is not given. */
export async function verifyRemote(
  { source, head, headKey: theirs }: RemoteLogs,
  kept: KeptHeads,
  headKey: KeyObject | undefined,
): Promise<OfflineVerification> {
  const { findings, report } = collectFindings();
  // The newest head is a milestone too: the leaves are those that the HSM has signed.
  const heads = [...kept.heads, head];
  const verified = await verifyLogs(source, heads, kept.areAll ? "every log" : "some logs");
  verifySignatures(heads, headKey ?? theirs, report);
  return summary(verified, findings, kept.heads.length);
}

function summary(
  { findings, logs, index }: LogVerification,
  more: readonly Finding[],
  heads: number,
): OfflineVerification {
  return {
    findings: [...findings, ...more],
    logs: logs.length,
    leaves: logs.reduce((sum, { size }) => sum + size, 0),
    records: [...index.keys()].length,
    heads,
  };
}

async function verifyRows(store: StoreScanner, index: RecordIndex, report: Report): Promise<void> {
  const unseen = new Set([...index.keys()].map(nameOf));
  for await (const row of everyRow((page) => store.everyRecord(page), pageSizes.records)) {
    const key = { scope: row.scope, id: row.id };
    const entry = index.get(key);
    unseen.delete(nameOf(key));
    if (entry === undefined) {
      report("StoreTampered", `${nameOf(key)} has a row and is not in the audit log`);
    } else if (toHex(recordDigest(row)) !== entry.digest) {
      report("StoreTampered", `${nameOf(key)} is not what the audit log says`);
    } else {
      index.set(key, { ...entry, value: describedValue(decodeRecordBody(row.body)) });
    }
  }
  for (const name of unseen) {
    report("StoreTampered", `${name} is in the audit log and has no row`);
  }
}

function verifySignatures(
  heads: readonly KeptHead[],
  key: KeyObject | undefined,
  report: Report,
): void {
  const signed = heads.filter(({ signature }) => signature !== undefined);
  for (const { signature = "", ...head } of signed) {
    const isGood =
      key !== undefined &&
      verify(
        "sha256",
        headMessage(head),
        { key, dsaEncoding: "ieee-p1363" },
        fromBase64url(signature),
      );
    if (!isGood) {
      report(
        "HeadRollback",
        `the head of log ${head.log} at ${head.size} is not signed by the HSM`,
      );
    }
  }
}

const signingKey = z.object({ publicKey: z.string() });

async function headKeyOf(store: StoreReader): Promise<KeyObject | undefined> {
  const row = await store.record({ scope: installationScope, id: installationRecords.headKey });
  try {
    const parsed = signingKey.safeParse(row && decodeRecordBody(row.body));
    return parsed.success
      ? createPublicKey({
          key: Buffer.from(fromBase64url(parsed.data.publicKey)),
          format: "der",
          type: "spki",
        })
      : undefined;
  } catch (error) {
    if (isStrongroomError(error, "StoreTampered")) {
      return undefined;
    }
    throw error;
  }
}
