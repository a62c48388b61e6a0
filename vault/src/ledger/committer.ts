// SPDX-License-Identifier: Apache-2.0
/** Group commit: every waiting request in one transaction, a leaf for each. */

import { setImmediate } from "node:timers/promises";
import {
  type AuditLeaf,
  type Clock,
  equalBytes,
  type Log,
  type MerkleTree,
  type RecordKey,
  spellLeaf,
  utf8,
} from "@strongroom/core";
import type { Store } from "../store/store.ts";
import { auditUnavailable } from "./deadline.ts";
import { type Group, type LeafContent, runReading, runRequest } from "./group.ts";
import { GroupDeadlines } from "./group-deadlines.ts";
import type { LedgerReading, LedgerWork } from "./ledger.ts";
import { bulkDeadlineMs, commitDeadlineMs, groupLimit, queueLimit } from "./limits.ts";
import { readTogether } from "./read-together.ts";
import type { ReadSource } from "./verified-reads.ts";
import { type Task, WaitingRequest, type Written } from "./waiting-request.ts";

/** What a committer stands on. */
export interface CommitterOptions {
  readonly store: Store;
  /** How requests read; the state is what the committer keeps. */
  readonly source: ReadSource;
  readonly clock: Clock;
  readonly log: Log;
  /** Tree of the log that it appends to, empty. */
  readonly tree: MerkleTree;
  /** Told of each record that has changed. */
  readonly onChange: (key: RecordKey) => void;
  readonly name: string;
  readonly replica: string;
  readonly epoch: () => number;
}

/** The queue and the one loop that empties it. */
export class Committer {
  readonly #options: CommitterOptions;
  readonly #queue: WaitingRequest[] = [];
  readonly #deadlines: GroupDeadlines;
  readonly #bulkDeadlines: GroupDeadlines;
  #last: Promise<unknown> = Promise.resolve();
  #emptying: Promise<void> | undefined;
  // A group whose commit failed, and which may be durable nevertheless.
  #doubt: Group | undefined;

  constructor(options: CommitterOptions) {
    this.#options = options;
    this.#deadlines = new GroupDeadlines(options.clock, commitDeadlineMs);
    this.#bulkDeadlines = new GroupDeadlines(options.clock, bulkDeadlineMs);
  }

  /** Queues a request. @throws {StrongroomError} `AuditUnavailable` after 2 s, or if nothing was written. */
  submit(work: LedgerWork<unknown>): Promise<Written> {
    return this.#submit({ work }, this.#deadlines);
  }

  /** The same for a request that writes nothing. */
  submitReading(reading: LedgerReading<unknown>): Promise<Written> {
    const work: LedgerWork<unknown> = (tx) => readTogether(tx, reading);
    return this.#submit({ work, reading }, this.#deadlines);
  }

  /** The same for work that may itself take a minute. */
  submitBulk(work: LedgerWork<unknown>): Promise<Written> {
    return this.#submit({ work }, this.#bulkDeadlines);
  }

  /** The same for a process's first request, which names the heads of other logs. */
  open(work: LedgerWork<unknown>, heads: AuditLeaf["heads"]): Promise<Written> {
    return this.#submit({ work, heads }, this.#bulkDeadlines);
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

  /** Resolves when nothing is queued any more; for when nothing will be. */
  async drain(): Promise<void> {
    await this.#emptying;
    this.#deadlines[Symbol.dispose]();
    this.#bulkDeadlines[Symbol.dispose]();
  }

  #submit(task: Task, deadlines: GroupDeadlines): Promise<Written> {
    return new Promise<Written>((resolve, reject) => {
      if (this.#queue.length >= queueLimit) {
        throw auditUnavailable("too many requests wait for the audit log");
      }
      this.#queue.push(new WaitingRequest(task, { resolve, reject }, deadlines));
      this.#emptying ??= this.#empty();
    });
  }

  async #empty(): Promise<void> {
    while (this.#queue.length > 0) {
      // All that this turn of the event loop brings shares a group: the first to come does not go alone.
      await setImmediate();
      const requests = this.#queue.splice(0, groupLimit);
      await this.exclusively(() => this.#commitGroup(requests)).catch((cause: unknown) => {
        // The doubt about an earlier group remains.
        for (const request of requests) {
          request.reject(auditUnavailable("the audit log could not be read", cause));
        }
      });
    }
    this.#emptying = undefined;
  }

  async #commitGroup(requests: readonly WaitingRequest[]): Promise<void> {
    const { log, source, tree } = this.#options;
    const changes = source.state.layer();
    const group: Group = {
      ...{ requests, firstIndex: tree.size, changes, writes: [], leaves: [], answers: [] },
    };
    try {
      await this.#write(group);
    } catch (cause) {
      this.#doubt = group;
      log.failure("a group of audit leaves could not be written", cause, {
        count: requests.length,
      });
      for (const request of requests) {
        request.reject(auditUnavailable("the audit log could not be written", cause));
      }
      return;
    }
    this.#adopt(group);
    for (const answer of group.answers) {
      answer();
    }
  }

  async #write(group: Group): Promise<void> {
    const { store, source, clock, log, name, replica, epoch } = this.#options;
    const spell = (content: LeafContent) =>
      spellLeaf({ log: name, replica, epoch: epoch(), ...content });
    const context = { source, spell, now: clock.now };
    for (const request of group.requests) {
      if (!runReading(context, group, request)) {
        await runRequest(context, group, request);
      }
    }
    const texts = group.leaves.map(({ text }) => text);
    if (texts.length > 0) {
      const leaves = { kind: "leaves", log: name, from: group.firstIndex, texts } as const;
      const { changedByOthers } = await store.commit([...group.writes, leaves]);
      if (changedByOthers) {
        log.error("somebody else has written to the store");
        source.verified.distrust();
      }
    }
  }

  #adopt({ changes, leaves }: Group): void {
    const { clock, tree, onChange } = this.#options;
    changes.mergeDown(clock.now());
    for (const key of changes.index.keys()) {
      onChange(key);
    }
    for (const { hash } of leaves) {
      tree.append(hash);
    }
  }

  // Whether its first leaf is there says whether the transaction of a failed commit took place.
  async #resolveDoubt(): Promise<void> {
    const first = this.#doubt?.leaves[0];
    if (this.#doubt !== undefined && first !== undefined) {
      const { store, name, tree } = this.#options;
      const [stored] = await store.leaves(name, { from: tree.size, limit: 1 });
      if (stored?.index === tree.size && equalBytes(stored.bytes, utf8(first.text))) {
        this.#adopt(this.#doubt);
      }
    }
    this.#doubt = undefined;
  }
}
