// SPDX-License-Identifier: Apache-2.0
/** One request's view of the group's transaction: computes revisions and codes, and notes what the leaf must say. */

import {
  type AuditWrite,
  encodeRecordBody,
  type JsonValue,
  type RecordKey,
  recordDigest,
  recordMac,
  StrongroomError,
  sha256,
  toHex,
} from "@strongroom/core";
import type { Page, StoreReader, StoreTransaction } from "../store/store.ts";
import { nameOf } from "./finding.ts";
import type { LedgerTransaction, MacKeyOf, RecordBody } from "./ledger.ts";
import { keyLimit } from "./limits.ts";
import type { RecordIndex } from "./record-index.ts";
import { describedValue, listVerified, type ReadSource, readVerified } from "./verified-reads.ts";

/** Byte order and the order of JavaScript's strings agree on these, and no two look alike. */
const printableAscii = /^[!-~]+$/;

/** What a request does its work with. */
export class RequestTransaction implements LedgerTransaction {
  readonly #tx: StoreTransaction;
  readonly #macKey: MacKeyOf;
  readonly #before: RecordIndex;
  readonly #index: RecordIndex;
  readonly #writes: AuditWrite[] = [];
  readonly #sealed = new Map<string, { key: RecordKey; digest: string | undefined }>();
  readonly #running: Promise<unknown>[] = [];
  #isOpen = true;

  /** @param before State that the request finds; it is left as it is. */
  constructor(tx: StoreTransaction, macKey: MacKeyOf, before: RecordIndex) {
    this.#tx = tx;
    this.#macKey = macKey;
    this.#before = before;
    this.#index = before.layer();
  }

  async read(key: RecordKey): Promise<RecordBody | undefined> {
    return await readVerified(this.#source(), key);
  }

  async list(scope: string, prefix: string, page: Page): Promise<readonly RecordBody[]> {
    return await listVerified(this.#source(), scope, prefix, page);
  }

  async put(key: RecordKey, content: JsonValue): Promise<number> {
    checkKey(key);
    const macKey = await this.#macKey(key.scope);
    const { scope, id } = key;
    const before = this.#index.get(key);
    const revision = (before?.revision ?? 0) + 1;
    const row = { scope, id, revision, body: encodeRecordBody(content) };
    const digest = toHex(recordDigest(row));
    this.#begin((tx) => tx.putRecord({ ...row, mac: recordMac(macKey, row) }));
    this.#index.set(key, { revision, digest, value: describedValue(content) });
    this.#writes.push({ scope, record: id, revision, digest, previous: before?.digest ?? "" });
    return revision;
  }

  async putValue({ scope, id }: RecordKey, sealed: Uint8Array): Promise<void> {
    const key = { scope, id };
    this.#begin((tx) => tx.putValue({ ...key, sealed }));
    this.#sealed.set(nameOf(key), { key, digest: toHex(sha256(sealed)) });
  }

  async removeValue({ scope, id }: RecordKey): Promise<void> {
    const key = { scope, id };
    this.#begin((tx) => tx.removeValue(key));
    this.#sealed.set(nameOf(key), { key, digest: undefined });
  }

  async spend(id: string, expiresAt: Date): Promise<boolean> {
    return await this.#run((tx) => tx.spend(id, expiresAt));
  }

  /** Ends the request once all it began is done, even what it did not wait for, and answers its writes. */
  async finish(): Promise<readonly AuditWrite[]> {
    this.#isOpen = false;
    await Promise.all(this.#running);
    for (const { scope, record } of this.#writes) {
      this.#checkAgreement({ scope, id: record });
    }
    for (const { key } of this.#sealed.values()) {
      this.#checkAgreement(key);
    }
    return this.#writes;
  }

  /** Shows the request's changes to those after it; for when its savepoint has been kept. */
  accept(): void {
    this.#index.mergeDown();
  }

  /** Ends a request that failed; when this resolves, nothing of it is still on its way to the store. */
  async abandon(): Promise<void> {
    this.#isOpen = false;
    await Promise.allSettled(this.#running);
  }

  #source(): ReadSource {
    const rows: StoreReader = {
      record: async (key) => this.#run((tx) => tx.record(key)),
      records: async (...page) => this.#run((tx) => tx.records(...page)),
      value: async (key) => this.#run((tx) => tx.value(key)),
    };
    return { rows, index: this.#index, macKey: this.#macKey };
  }

  #run<T>(operation: (tx: StoreTransaction) => Promise<T>): Promise<T> {
    if (!this.#isOpen) {
      throw new StrongroomError("Internal", "the request is over");
    }
    const running = operation(this.#tx);
    this.#running.push(running);
    return running;
  }

  // Nobody waits for a write by itself, which saves a trip to the store's thread: they are on their way in order,
  // and one that fails fails the request when it finishes.
  #begin(operation: (tx: StoreTransaction) => Promise<void>): void {
    this.#run(operation).catch(() => undefined);
  }

  // The next start would take a disagreement for tampering.
  #checkAgreement(key: RecordKey): void {
    const changed = this.#sealed.get(nameOf(key));
    const stored = changed === undefined ? this.#before.get(key)?.value : changed.digest;
    if (this.#index.get(key)?.value !== stored) {
      throw new StrongroomError("Internal", `${nameOf(key)} and its value do not agree`);
    }
  }
}

function checkKey({ scope, id }: RecordKey): void {
  for (const part of [scope, id]) {
    if (part.length > keyLimit || !printableAscii.test(part)) {
      throw new StrongroomError("BadParameter", "a record's key is not printable ASCII");
    }
  }
}
