// SPDX-License-Identifier: Apache-2.0
/** Managed HSM's routes for a full restore, and ours to go on with an older store: on the installation's host, for security officers. */

import {
  acceptRollbackSchema,
  fullRestoreSchema,
  type LogHeadBody,
  type RestoreStatus,
  routes,
} from "@strongroom/api";
import { installationScope } from "@strongroom/core";
import type { AcceptedRollback, HsmClient } from "@strongroom/hsm/client";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import { Refusal, type RequestContext } from "../../audit/event.ts";
import type { Job, JobResult } from "../../full-backup/jobs.ts";
import type { PresentStore } from "../../full-backup/present-store.ts";
import type { StagedStore } from "../../full-backup/stage-restore.ts";
import { type BackupTarget, requireFolderName } from "../../full-backup/targets/backup-target.ts";
import { openTarget } from "../../full-backup/targets/open-target.ts";
import { hostOf } from "../request-context.ts";
import {
  type AskedOperation,
  asInstallationRole,
  beginOperation,
  type OperationDeps,
  refusable,
} from "./installation-operation.ts";
import { sendAccepted, sendState } from "./operation-wire.ts";

/** What these routes work with. */
export interface FullRestoreRouteDeps extends OperationDeps {
  readonly hsm: Pick<HsmClient, "rollback">;
  readonly present: PresentStore;
  /** Reads and verifies a backup, beside the present store. */
  readonly stage: (id: string, stream: AsyncIterable<Uint8Array>) => Promise<StagedStore>;
  /** Verifies the store that is in place; absent where it is served. */
  readonly stageInPlace?: (id: string) => Promise<StagedStore>;
  /** Answers about a vault's own restores, on its host; absent while no vault is served. */
  readonly sendStateOnVault?: (
    request: FastifyRequest,
    reply: FastifyReply,
  ) => Promise<FastifyReply>;
  /** Throws a staged store away. */
  readonly discard: () => Promise<void>;
  /** Has it take the present one's place; `asked` is told to the new one's audit log. */
  readonly replace: (staged: StagedStore, asked: AskedOperation) => Promise<void>;
}

type RestoreBody = z.output<typeof fullRestoreSchema>;

const place = { owner: installationScope, kind: "restore" } as const;

/** Registers the routes. */
export function registerFullRestoreRoutes(app: FastifyInstance, deps: FullRestoreRouteDeps): void {
  app.put(routes.fullRestore, async (request, reply) => {
    const { asked, target, body } = await open(deps, request, "Restore");
    await refusable(deps, asked, () => requireAccepted(deps.present, body.acceptRollback));
    return await begin(deps, { request, reply }, asked, async (id) => {
      const staged = await deps.stage(id, target.read(body.folderToRestore));
      await deps.replace(staged, asked);
      return {};
    });
  });
  app.put(routes.preRestore, async (request, reply) => {
    const { asked, target, body } = await open(deps, request, "RestoreCheck");
    return await begin(deps, { request, reply }, asked, async (id) => {
      await deps.stage(id, target.read(body.folderToRestore));
      await deps.discard();
      return {};
    });
  });
  app.get(routes.restorePending(":job"), async (request, reply) => {
    const isOurs = deps.installationHosts.includes(hostOf(request));
    if (!isOurs && deps.sendStateOnVault !== undefined) {
      return await deps.sendStateOnVault(request, reply);
    }
    await asOfficer(deps, request, "RestoreStatusGet");
    const last = await deps.hsm.rollback();
    const jobs = {
      find: (...asked: Parameters<typeof deps.jobs.find>) =>
        deps.jobs.find(...asked) ?? outcomeOf(last, asked[1]),
    };
    return await sendState(jobs, place, request, reply);
  });
  registerOurs(app, deps);
}

function registerOurs(app: FastifyInstance, deps: FullRestoreRouteDeps): void {
  app.get(routes.restoreStatus, async (request): Promise<RestoreStatus> => {
    await asOfficer(deps, request, "RestoreStatusGet");
    return await statusOf(deps);
  });
  app.post(routes.acceptRollback, async (request, reply) => {
    const context = await asOfficer(deps, request, "RollbackAccept");
    const { acceptRollback } = acceptRollbackSchema.parse(request.body);
    const asked = asking(context, "RollbackAccept", { acceptRollback });
    const { stageInPlace } = deps;
    if (stageInPlace === undefined) {
      const refusal = new Refusal("Conflict", "the store is served: there is nothing to accept");
      return await refusable(deps, asked, () => Promise.reject(refusal));
    }
    await refusable(deps, asked, () => requireAccepted(deps.present, acceptRollback));
    return await begin(deps, { request, reply }, asked, async (id) => {
      await deps.replace(await stageInPlace(id), asked);
      return {};
    });
  });
}

async function begin(
  deps: FullRestoreRouteDeps,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  asked: AskedOperation,
  work: (id: string) => Promise<JobResult>,
): Promise<FastifyReply> {
  const job = await beginOperation(deps, { ...asked, place, work });
  return sendAccepted(request, reply, job, routes.restorePending(job.id));
}

interface OpenedRestore {
  readonly asked: AskedOperation;
  readonly target: BackupTarget;
  readonly body: RestoreBody;
}

async function open(
  deps: FullRestoreRouteDeps,
  request: FastifyRequest,
  operationName: string,
): Promise<OpenedRestore> {
  const context = await asOfficer(deps, request, operationName);
  return await refusable(deps, { context, operationName }, async () => {
    const body = fullRestoreSchema.parse(request.body);
    const target = await openTarget(deps.backup, body.sasTokenParameters);
    const folder = requireFolderName(body.folderToRestore);
    const { acceptRollback } = body;
    const asked = asking(context, operationName, { target: target.uri, folder, acceptRollback });
    return { asked, target, body };
  });
}

function asking(
  context: RequestContext,
  operationName: string,
  about: { readonly [name: string]: string | LogHeadBody | undefined },
): AskedOperation {
  const { acceptRollback, ...rest } = about;
  const head = acceptRollback as LogHeadBody | undefined;
  const said = head && { acceptRollback: { log: head.log, size: head.size, root: head.root } };
  return { context, operationName, properties: { ...(rest as Record<string, string>), ...said } };
}

// Without a head, nothing is given up but what nobody ever used.
async function requireAccepted(
  present: PresentStore,
  head: LogHeadBody | undefined,
): Promise<void> {
  if (head !== undefined) {
    await present.requireHead(head);
  } else if (!(await present.isUnused())) {
    throw new Refusal("Conflict", "the store has contents: name a head of it that is given up");
  }
}

async function asOfficer(
  deps: FullRestoreRouteDeps,
  request: FastifyRequest,
  operationName: string,
): Promise<RequestContext> {
  return await asInstallationRole(deps, request, operationName, ["securityOfficer"]);
}

async function statusOf({ hsm, present }: FullRestoreRouteDeps): Promise<RestoreStatus> {
  const last = await hsm.rollback();
  const head = await present.head();
  const { reason } = present;
  return {
    state: reason === undefined ? "serving" : "waiting",
    ...(reason !== undefined && { reason }),
    ...(head && { head: { log: head.log, size: head.size, root: head.root } }),
    epoch: last?.statement.epoch ?? 0,
    ...(last && { last: { id: last.statement.id, time: last.statement.time } }),
  };
}

// A restore that a crash cut off from its answer has succeeded if the HSM host accepted it.
function outcomeOf(last: AcceptedRollback | undefined, id: string): Job | undefined {
  if (last?.recorded !== true || last.statement.id !== id) {
    return undefined;
  }
  const at = new Date(last.statement.time);
  return { ...place, id, state: "succeeded", start: at, end: at };
}
