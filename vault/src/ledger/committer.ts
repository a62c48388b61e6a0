// SPDX-License-Identifier: Apache-2.0
/** Group commit: every waiting request in one transaction, a savepoint and a leaf for each. */

import {
  type AuditLeaf,
  type Clock,
  encodeLeaf,
  equalBytes,
  type Log,
  type MerkleTree,
  type Milliseconds,
} from "@strongroom/core";
import type { Store } from "../store/store.ts";
import { auditUnavailable, startDeadline } from "./deadline.ts";
import { type Group, type LeafContent, type Request, runRequest, type Written } from "./group.ts";
import type { LedgerWork, MacKeyOf } from "./ledger.ts";
import { groupLimit, queueLimit } from "./limits.ts";
import type { RecordIndex } from "./record-index.ts";

/** What a committer stands on. */
export interface CommitterOptions {
  readonly store: Store;
  readonly macKey: MacKeyOf;
  readonly clock: Clock;
  readonly log: Log;
  /** State of the records; the committer keeps it. */
  readonly index: RecordIndex;
  /** Tree of the log that it appends to, empty. */
  readonly tree: MerkleTree;
  readonly name: string;
  readonly replica: string;
  readonly epoch: () => number;
}

/** The queue and the one loop that empties it. */
export class Committer {
  readonly #options: CommitterOptions;
  readonly #queue: Request[] = [];
  #last: Promise<unknown> = Promise.resolve();
  #emptying: Promise<void> | undefined;
  // A group whose commit failed, and which may be durable nevertheless.
  #doubt: Group | undefined;

  constructor(options: CommitterOptions) {
    this.#options = options;
  }

  /** Queues a request. @throws {StrongroomError} `AuditUnavailable` when `ms` are over or nothing was written. */
  async submit(
    work: LedgerWork<unknown>,
    ms: Milliseconds,
    heads?: AuditLeaf["heads"],
  ): Promise<Written> {
    if (this.#queue.length >= queueLimit) {
      throw auditUnavailable("too many requests wait for the audit log");
    }
    using deadline = startDeadline(this.#options.clock, ms);
    const written = new Promise<Written>((resolve, reject) => {
      this.#queue.push({ work, heads, deadline, resolve, reject });
    });
    this.#emptying ??= this.#empty();
    return await Promise.race([written, deadline.expired]);
  }

  /** Runs `work` between two groups, when rows and index agree. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(async () => {
      await this.#resolveDoubt();
      return await work();
    });
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Resolves when nothing is queued any more. */
  async drain(): Promise<void> {
    await this.#emptying;
  }

  async #empty(): Promise<void> {
    // Requests of the same turn of the event loop share the first group.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const requests = this.#queue.splice(0, groupLimit);
      await this.exclusively(() => this.#commitGroup(requests)).catch((cause: unknown) => {
        // The doubt about an earlier group remains.
        for (const { reject } of requests) {
          reject(auditUnavailable("the audit log could not be read", cause));
        }
      });
    }
    this.#emptying = undefined;
  }

  async #commitGroup(requests: readonly Request[]): Promise<void> {
    const { log, index, tree } = this.#options;
    const changes = index.layer();
    const group: Group = { requests, firstIndex: tree.size, changes, leaves: [], answers: [] };
    try {
      await this.#write(group);
    } catch (cause) {
      this.#doubt = group;
      log.failure("a group of audit leaves could not be written", cause, {
        count: requests.length,
      });
      for (const { reject } of requests) {
        reject(auditUnavailable("the audit log could not be written", cause));
      }
      return;
    }
    this.#adopt(group);
    for (const answer of group.answers) {
      answer();
    }
  }

  async #write(group: Group): Promise<void> {
    const { store, macKey, name, replica, epoch } = this.#options;
    const encode = (content: LeafContent) =>
      encodeLeaf({ log: name, replica, epoch: epoch(), ...content });
    await store.transaction(async (tx) => {
      for (const request of group.requests) {
        await runRequest({ tx, macKey, encode }, group, request);
      }
      const appended = group.leaves.map(({ bytes }, i) =>
        tx.appendLeaf({ log: name, index: group.firstIndex + i, bytes }),
      );
      await Promise.all(appended);
    });
  }

  #adopt({ changes, leaves }: Group): void {
    changes.mergeDown();
    for (const { hash } of leaves) {
      this.#options.tree.append(hash);
    }
  }

  // Whether its first leaf is there says whether the transaction of a failed commit took place.
  async #resolveDoubt(): Promise<void> {
    const first = this.#doubt?.leaves[0];
    if (this.#doubt !== undefined && first !== undefined) {
      const { store, name, tree } = this.#options;
      const [stored] = await store.leaves(name, { from: tree.size, limit: 1 });
      if (stored?.index === tree.size && equalBytes(stored.bytes, first.bytes)) {
        this.#adopt(this.#doubt);
      }
    }
    this.#doubt = undefined;
  }
}
