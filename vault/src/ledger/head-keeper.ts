// SPDX-License-Identifier: Apache-2.0
/** Has the heads of this process's log signed: when somebody waits for one, and when the log has grown. */

import {
  type Clock,
  type Log,
  type MerkleTree,
  type SignedHead,
  toBase64url,
  toLogHead,
} from "@strongroom/core";
import type { HeadSigner } from "./ledger.ts";
import { headIntervalMs, keptLeaves } from "./limits.ts";

interface Waiting {
  readonly size: number;
  readonly resolve: (head: SignedHead) => void;
  readonly reject: (error: unknown) => void;
}

/** What a keeper of heads stands on. */
export interface HeadKeeperOptions {
  readonly name: string;
  readonly tree: MerkleTree;
  readonly hsm: HeadSigner;
  readonly clock: Clock;
  readonly log: Log;
}

/** Signs one head at a time; whoever waits for a size gets the first head that covers it. */
export class HeadKeeper {
  readonly #options: HeadKeeperOptions;
  #waiting: Waiting[] = [];
  #isSigning = false;
  #newest: SignedHead | undefined;
  // Size that the HSM host has anchored; unknown after a failure, when it may have anchored without answering.
  #anchored: number | undefined = 0;

  constructor(options: HeadKeeperOptions) {
    this.#options = options;
  }

  get newest(): SignedHead | undefined {
    return this.#newest;
  }

  /** How many wait for a head. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** A signed head of at least `size` leaves; the tree has them already. */
  cover(size: number): Promise<SignedHead> {
    const newest = this.#newest;
    if (newest !== undefined && newest.size >= size) {
      return Promise.resolve(newest);
    }
    const covered = new Promise<SignedHead>((resolve, reject) => {
      this.#waiting.push({ size, resolve, reject });
    });
    void this.#signAll();
    return covered;
  }

  /** Signs whenever the log has grown, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, tree } = this.#options;
    while (!signal.aborted) {
      await clock.sleep(headIntervalMs, signal).catch(() => undefined);
      await this.cover(tree.size).catch((error: unknown) => {
        log.failure("the head of the audit log could not be signed", error, { size: tree.size });
      });
    }
  }

  async #signAll(): Promise<void> {
    if (this.#isSigning) {
      return;
    }
    this.#isSigning = true;
    while (this.#waiting.length > 0) {
      await this.#signOnce();
    }
    this.#isSigning = false;
  }

  async #signOnce(): Promise<void> {
    const inTime = this.#waiting.length;
    try {
      const head = await this.#sign();
      this.#newest = head;
      const [covered, early] = partition(this.#waiting, (each) => each.size <= head.size);
      this.#waiting = early;
      for (const each of covered) {
        each.resolve(head);
      }
    } catch (error) {
      this.#anchored = undefined;
      for (const each of this.#waiting.splice(0, inTime)) {
        each.reject(error);
      }
    }
  }

  async #sign(): Promise<SignedHead> {
    const { name, tree, hsm, clock } = this.#options;
    const anchored = this.#anchored ?? (await this.#askAnchored());
    const size = tree.size;
    const head = toLogHead(name, size, tree.root(size), clock.now());
    const signature = await hsm.signHead(head, tree.consistencyProof(anchored, size));
    this.#anchored = size;
    tree.forget(size - keptLeaves);
    return { ...head, signature: toBase64url(signature) };
  }

  async #askAnchored(): Promise<number> {
    const { name, hsm } = this.#options;
    return (await hsm.heads()).find((head) => head.log === name)?.size ?? 0;
  }
}

function partition<T>(all: readonly T[], isFirst: (each: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((each) => !isFirst(each))];
}
