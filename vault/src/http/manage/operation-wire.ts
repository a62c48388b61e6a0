// SPDX-License-Identifier: Apache-2.0
/** Backups and restores on the wire: an answer at once, and an address to ask how it goes. */

import type { FullOperation } from "@strongroom/api";
import { errorTable, StrongroomError } from "@strongroom/core";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Job, JobPlace, Jobs } from "../../full-backup/jobs.ts";
import { pollSeconds } from "../../full-backup/limits.ts";
import { toSeconds } from "../../vaults/to-seconds.ts";
import { errorBody } from "../errors.ts";

const jobParam = z.object({ job: z.string().regex(/^[0-9a-f]{32}$/) });

/** Answers a request whose operation has begun; `path` is where its state is asked for. */
export function sendAccepted(
  request: FastifyRequest,
  reply: FastifyReply,
  job: Job,
  path: string,
): FastifyReply {
  return reply
    .status(202)
    .header("azure-asyncoperation", `https://${request.headers.host ?? ""}${path}`)
    .header("retry-after", String(pollSeconds))
    .send(toOperation(job));
}

/** Answers how the operation goes that a request names. @throws {StrongroomError} `NotFound` if there is none of this place */
export async function sendState(
  jobs: Pick<Jobs, "find">,
  place: JobPlace,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const parsed = jobParam.safeParse(request.params);
  const job = parsed.success ? jobs.find(place, parsed.data.job) : undefined;
  if (job === undefined) {
    throw new StrongroomError("NotFound", "there is no such operation, or not any more");
  }
  if (job.state === "running") {
    reply.header("retry-after", String(pollSeconds));
  }
  return await reply.send(toOperation(job));
}

const states = { running: "InProgress", succeeded: "Succeeded", failed: "Failed" } as const;

function toOperation({ id, kind, state, start, end, folder, failure }: Job): FullOperation {
  return {
    status: states[state],
    statusDetails: failure?.message ?? null,
    error: failure === undefined ? null : errorBody(errorTable[failure.code].http, failure).error,
    startTime: toSeconds(start),
    endTime: end === undefined ? null : toSeconds(end),
    jobId: id,
    ...(kind === "backup" && { azureStorageBlobContainerUri: folder ?? null }),
  };
}
