// SPDX-License-Identifier: Apache-2.0
/** The ledger's port over its parts, once the log is open. */

import {
  type Clock,
  isStrongroomError,
  type Log,
  type MerkleTree,
  type SignedHead,
  toHex,
} from "@strongroom/core";
import type { Committer } from "./committer.ts";
import { auditUnavailable, startDeadline, tookTooLong } from "./deadline.ts";
import type { Finding } from "./finding.ts";
import { GroupDeadlines } from "./group-deadlines.ts";
import type { HeadKeeper } from "./head-keeper.ts";
import type { Ledger, LedgerWork } from "./ledger.ts";
import { commitDeadlineMs, queueLimit } from "./limits.ts";
import { Soundness } from "./soundness.ts";
import {
  listVerified,
  type ReadSource,
  readVerified,
  readVerifiedValue,
  recallValue,
  recallVerified,
} from "./verified-reads.ts";
import type { Written } from "./waiting-request.ts";

/** Parts of an open ledger. */
export interface LedgerParts {
  readonly committer: Committer;
  readonly keeper: HeadKeeper;
  /** The signed head of the log's first leaf. */
  readonly first: SignedHead;
  readonly name: string;
  readonly tree: MerkleTree;
  readonly source: ReadSource;
  readonly logs: Ledger["logs"];
  readonly clock: Clock;
  readonly log: Log;
}

/** What goes on behind an open ledger. */
export interface LedgerJobs {
  readonly checkpoints: (signal: AbortSignal) => Promise<void>;
  /** Answers what is wrong with what the start has not looked at. */
  readonly history: (signal: AbortSignal) => Promise<readonly Finding[]>;
  /** Has the next start look at everything. */
  readonly forgetCheckpoint: () => Promise<void>;
}

/** Starts its jobs, and answers the port; disposing of it waits for what is queued and signs the last head. */
export function openLedger(parts: LedgerParts, jobs: LedgerJobs): Ledger {
  const { committer, keeper, first, name, tree, source, clock } = parts;
  const stopping = new AbortController();
  const soundness = new Soundness();
  let isClosed = false;
  const background = runJobs(parts, jobs, soundness, stopping.signal);
  const heads = keeper.run(stopping.signal);
  const deadlines = new GroupDeadlines(clock, commitDeadlineMs);

  const requireOpen = (): void => {
    if (isClosed) {
      throw auditUnavailable("the audit log is closed");
    }
    soundness.require();
  };
  const write = (work: LedgerWork<unknown>): Promise<Written> => {
    requireOpen();
    return committer.submit(work);
  };
  const committed = <T>({ index, result }: Written) => ({ log: name, index, result: result as T });

  // A read may see a group before the index does: what looks wrong is looked at again between two groups.
  const confirmed = async <T>(read: () => Promise<T>): Promise<T> => {
    soundness.require();
    try {
      return await read();
    } catch (error) {
      if (!isStrongroomError(error, "StoreTampered")) {
        throw error;
      }
      return await committer.exclusively(read);
    }
  };

  return {
    log: name,
    head: () => keeper.newest ?? first,
    logs: parts.logs,
    isSound: () => soundness.isSound,
    read: (key) => confirmed(() => readVerified(source, key)),
    recall: (key) => {
      soundness.require();
      return recallVerified(source, key);
    },
    list: (scope, prefix, page) => confirmed(() => listVerified(source, scope, prefix, page)),
    readValue: async (key) => {
      soundness.require();
      const known = recallValue(source, key);
      return known ?? (await confirmed(() => readVerifiedValue(source, key)));
    },
    commit: async (work) => committed(await write(work)),
    commitReading: async (reading) => {
      requireOpen();
      return committed(await committer.submitReading(reading));
    },
    commitBulk: async (work) => {
      requireOpen();
      return committed(await committer.submitBulk(work));
    },
    commitWithHead: async (work) => {
      if (keeper.waiting >= queueLimit) {
        throw auditUnavailable("too many requests wait for a head of the audit log");
      }
      return await inTime(deadlines, async () => {
        const written = await write(work);
        const { index, leafHash } = written;
        const head = await keeper.cover(index + 1).catch((cause: unknown) => {
          throw auditUnavailable("the head of the audit log could not be signed", cause);
        });
        return {
          ...committed(written),
          head,
          // Made for who reads it.
          get proof() {
            const path = tree.inclusionProof(index, head.size).map(toHex);
            return { index, leafHash: toHex(leafHash), path };
          },
        };
      });
    },
    [Symbol.asyncDispose]: async () => {
      isClosed = true;
      await committer.drain();
      stopping.abort();
      using deadline = startDeadline(clock, commitDeadlineMs);
      using _ = deadlines;
      // An HSM that does not answer must not keep the process; the next start anchors the rest.
      await Promise.race([
        Promise.all([heads, background]),
        deadline.expired.catch(() => undefined),
      ]);
    },
  };
}

/** What `work` comes to. @throws {StrongroomError} `AuditUnavailable` where that takes too long */
function inTime<T>(deadlines: GroupDeadlines, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const pending = deadlines.begin({ expire: () => reject(tookTooLong()) });
    work()
      .then(resolve, reject)
      .finally(() => deadlines.end(pending));
  });
}

async function runJobs(
  { log }: LedgerParts,
  jobs: LedgerJobs,
  soundness: Soundness,
  signal: AbortSignal,
): Promise<void> {
  const condemned = new AbortController();
  const checkpoints = jobs.checkpoints(AbortSignal.any([signal, condemned.signal]));
  const verifyHistory = async () => {
    const findings = await jobs.history(signal);
    for (const { kind, message } of findings) {
      log.error("the store does not verify", { code: kind, reason: message });
    }
    const [finding] = findings;
    if (finding !== undefined) {
      soundness.condemn(finding);
      condemned.abort();
      await checkpoints;
      await jobs.forgetCheckpoint();
    }
  };
  const history = verifyHistory().catch((error: unknown) => {
    if (!signal.aborted) {
      log.failure("the history of the audit log could not be verified", error);
    }
  });
  await Promise.all([checkpoints, history]);
}
