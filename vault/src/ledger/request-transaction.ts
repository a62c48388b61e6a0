// SPDX-License-Identifier: Apache-2.0
/** One request's view of the ledger: computes revisions and codes, and notes what its leaf must say. */

import {
  type AuditLeaf,
  type AuditWrite,
  decodeRecordBody,
  encodeRecordBody,
  type JsonValue,
  type RecordKey,
  recordDigest,
  recordMac,
  StrongroomError,
  sha256,
  toHex,
} from "@strongroom/core";
import type { Page, StoreWrite } from "../store/store.ts";
import { nameOf } from "./finding.ts";
import type { LedgerTransaction, RecordBody } from "./ledger.ts";
import type { LedgerState } from "./ledger-state.ts";
import { keyLimit } from "./limits.ts";
import {
  describedValue,
  listVerified,
  type ReadSource,
  readVerified,
  readVerifiedValue,
  recallVerified,
} from "./verified-reads.ts";

/** Byte order and the order of JavaScript's strings agree on these, and no two look alike. */
const printableAscii = /^[!-~]+$/;

/** What a request came to: for its leaf, and for the store. */
export interface RequestChanges extends Pick<AuditLeaf, "writes" | "spent"> {
  readonly store: readonly StoreWrite[];
}

/** What a request does its work with. Nothing of it reaches the store before its group is committed. */
export class RequestTransaction implements LedgerTransaction {
  readonly #before: LedgerState;
  readonly #state: LedgerState;
  readonly #source: ReadSource;
  readonly #writes: AuditWrite[] = [];
  readonly #spent: { readonly id: string; readonly expires: number }[] = [];
  readonly #store: StoreWrite[] = [];
  readonly #touched = new Map<string, RecordKey>();
  readonly #running: Promise<unknown>[] = [];
  #isOpen = true;

  /** @param source Its state is what the request finds; it is left as it is. */
  constructor(source: ReadSource) {
    this.#before = source.state;
    this.#state = source.state.layer();
    this.#source = { ...source, state: this.#state };
  }

  read(key: RecordKey): Promise<RecordBody | undefined> {
    // The promise as it comes: a decision reads a handful of records, each through several hands.
    return this.#isOpen ? readVerified(this.#source, key) : Promise.reject(isOver());
  }

  recall(key: RecordKey): RecordBody | undefined {
    this.#requireOpen();
    return recallVerified(this.#source, key);
  }

  async list(scope: string, prefix: string, page: Page): Promise<readonly RecordBody[]> {
    this.#requireOpen();
    return await listVerified(this.#source, scope, prefix, page);
  }

  async readValue(key: RecordKey): Promise<Uint8Array | undefined> {
    this.#requireOpen();
    return await readVerifiedValue(this.#source, key);
  }

  async put({ scope, id }: RecordKey, content: JsonValue): Promise<number> {
    this.#requireOpen();
    const writing = this.#put({ scope, id }, content);
    // What the work did not wait for is waited for at its end, and fails the request there.
    this.#running.push(writing);
    writing.catch(() => undefined);
    return await writing;
  }

  async putValue({ scope, id }: RecordKey, sealed: Uint8Array): Promise<void> {
    this.#requireOpen();
    const key = { scope, id };
    if (this.#hasValue(key)) {
      throw new StrongroomError("Conflict", `${nameOf(key)} has a value already`);
    }
    this.#state.setValue(key, sealed);
    this.#store.push({ kind: "value", value: { ...key, sealed } });
    this.#touched.set(nameOf(key), key);
  }

  async removeValue({ scope, id }: RecordKey): Promise<void> {
    this.#requireOpen();
    const key = { scope, id };
    if (!this.#hasValue(key)) {
      throw new StrongroomError("Conflict", `${nameOf(key)} has no value`);
    }
    this.#state.setValue(key, undefined);
    this.#store.push({ kind: "removeValue", key });
    this.#touched.set(nameOf(key), key);
  }

  async spend(id: string, expiresAt: Date): Promise<boolean> {
    this.#requireOpen();
    if (this.#state.isSpent(id)) {
      return false;
    }
    const expires = expiresAt.getTime();
    this.#state.spend(id, expires);
    // In the order of canonical JSON, as all that leaves say: so they are spelt in one go.
    this.#spent.push({ expires, id });
    return true;
  }

  /** Ends the request once all it began is done, even what it did not wait for. */
  finish(): RequestChanges | Promise<RequestChanges> {
    this.#isOpen = false;
    return this.#running.length === 0
      ? this.#changes()
      : Promise.all(this.#running).then(() => this.#changes());
  }

  /** Shows the request's changes to those after it. */
  accept(at: Date): void {
    this.#state.mergeDown(at);
  }

  /** Ends a request that failed. */
  abandon(): void {
    this.#isOpen = false;
  }

  async #put(key: RecordKey, content: JsonValue): Promise<number> {
    checkKey(key);
    // A row that somebody changed is found here, where it fails this request and not its whole group.
    await readVerified(this.#source, key);
    const macKey = await this.#source.macKey(key.scope);
    const { scope, id } = key;
    const before = this.#state.index.get(key);
    const revision = (before?.revision ?? 0) + 1;
    const row = { scope, id, revision, body: encodeRecordBody(content) };
    const digest = toHex(recordDigest(row));
    this.#store.push({ kind: "record", record: { ...row, mac: recordMac(macKey, row) } });
    this.#state.index.set(key, { revision, digest, value: describedValue(content) });
    this.#state.setBody(key, { id, revision, body: decodeRecordBody(row.body) });
    this.#writes.push({ scope, record: id, revision, digest, previous: before?.digest ?? "" });
    this.#touched.set(nameOf(key), key);
    return revision;
  }

  #changes(): RequestChanges {
    for (const key of this.#touched.values()) {
      this.#checkAgreement(key);
    }
    const spent = this.#spent.length === 0 ? {} : { spent: this.#spent };
    return { writes: this.#writes, store: this.#store, ...spent };
  }

  #requireOpen(): void {
    if (!this.#isOpen) {
      throw isOver();
    }
  }

  #hasValue(key: RecordKey): boolean {
    const changed = this.#state.value(key);
    return changed === undefined
      ? this.#before.index.get(key)?.value !== undefined
      : changed.sealed !== undefined;
  }

  // The next start would take a disagreement for tampering.
  #checkAgreement(key: RecordKey): void {
    const changed = this.#state.value(key);
    const stored =
      changed === undefined
        ? this.#before.index.get(key)?.value
        : changed.sealed && toHex(sha256(changed.sealed));
    if (this.#state.index.get(key)?.value !== stored) {
      throw new StrongroomError("Internal", `${nameOf(key)} and its value do not agree`);
    }
  }
}

const isOver = () => new StrongroomError("Internal", "the request is over");

function checkKey({ scope, id }: RecordKey): void {
  for (const part of [scope, id]) {
    if (part.length > keyLimit || !printableAscii.test(part)) {
      throw new StrongroomError("BadParameter", "a record's key is not printable ASCII");
    }
  }
}
