// SPDX-License-Identifier: Apache-2.0
/** Backups and restores under way: one at a time, as each reads or writes everything, and the last outcomes. */

import { randomBytes } from "node:crypto";
import { type Clock, isStrongroomError, type Log, StrongroomError, toHex } from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import { rememberedJobs } from "./limits.ts";

/** Whose operation it is, and what it is asked about as. */
export interface JobPlace {
  /** A vault's uid, or the installation. */
  readonly owner: string;
  readonly kind: "backup" | "restore";
}

/** An operation. */
export interface Job extends JobPlace {
  /** 32 hexadecimal characters. */
  readonly id: string;
  readonly state: "running" | "succeeded" | "failed";
  readonly start: Date;
  readonly end?: Date;
  /** Address of the folder that a backup was written to. */
  readonly folder?: string;
  readonly failure?: StrongroomError;
}

/** What an operation came to. */
export interface JobResult {
  readonly folder?: string;
}

/** Operations of this process. */
export interface Jobs {
  /** @throws {Refusal} `Conflict` while another is under way */
  requireIdle(): void;
  /** Begins one; `work` is told its id. @throws {Refusal} `Conflict` while another is under way */
  begin(place: JobPlace, work: (id: string) => Promise<JobResult>): Job;
  find(place: JobPlace, id: string): Job | undefined;
}

/** The one holder of their state. */
export function createJobs({ clock, log }: { readonly clock: Clock; readonly log: Log }): Jobs {
  const jobs = new Map<string, Job>();
  let running: string | undefined;

  const requireIdle = () => {
    if (running !== undefined) {
      throw new Refusal("Conflict", "another backup or restore is under way");
    }
  };
  const end = (job: Job, outcome: Pick<Job, "state" | "folder" | "failure">) => {
    jobs.set(job.id, { ...job, ...outcome, end: clock.now() });
    running = undefined;
  };
  const run = async (job: Job, work: (id: string) => Promise<JobResult>): Promise<void> => {
    try {
      end(job, { state: "succeeded", ...(await work(job.id)) });
    } catch (cause) {
      log.failure("a backup or restore failed", cause, { operation: job.kind });
      const internal = new StrongroomError("Internal", "the operation failed", { cause });
      end(job, { state: "failed", failure: isStrongroomError(cause) ? cause : internal });
    }
  };
  return {
    requireIdle,
    begin: (place, work) => {
      requireIdle();
      const id = toHex(randomBytes(16));
      const job: Job = { ...place, id, state: "running", start: clock.now() };
      jobs.set(id, job);
      for (const old of [...jobs.keys()].slice(0, -rememberedJobs)) {
        jobs.delete(old);
      }
      running = id;
      void run(job, work);
      return job;
    },
    find: ({ owner, kind }, id) => {
      const job = jobs.get(id);
      return job?.owner === owner && job.kind === kind ? job : undefined;
    },
  };
}
