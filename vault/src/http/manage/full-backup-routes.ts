// SPDX-License-Identifier: Apache-2.0
/** Managed HSM's routes for full backups: on the installation's host, for backup operators and security officers. */

import { routes, storageSchema } from "@strongroom/api";
import { installationScope } from "@strongroom/core";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { RequestContext } from "../../audit/event.ts";
import { type FullBackupDeps, makeBackup, newFolder } from "../../full-backup/make-backup.ts";
import type { BackupTarget } from "../../full-backup/targets/backup-target.ts";
import { openTarget } from "../../full-backup/targets/open-target.ts";
import {
  asInstallationRole,
  beginOperation,
  type OperationDeps,
  refusable,
} from "./installation-operation.ts";
import { sendAccepted, sendState } from "./operation-wire.ts";

/** What these routes work with. */
export interface FullBackupRouteDeps extends OperationDeps, Omit<FullBackupDeps, "clock"> {}

const place = { owner: installationScope, kind: "backup" } as const;
const roles = ["backupOperator", "securityOfficer"] as const;

/** Registers the routes. */
export function registerFullBackupRoutes(app: FastifyInstance, deps: FullBackupRouteDeps): void {
  app.post(routes.fullBackup, async (request, reply) => {
    const call = { operationName: "BackupCreate", ...(await open(deps, request, "BackupCreate")) };
    const folder = newFolder(deps.clock.now());
    const uri = `${call.target.uri}/${folder}`;
    const job = await beginOperation(deps, {
      ...call,
      place,
      properties: { target: call.target.uri, folder },
      work: async () => {
        await makeBackup(deps, call.target, folder);
        return { folder: uri };
      },
    });
    return sendAccepted(request, reply, job, routes.fullBackupPending(job.id));
  });
  app.post(routes.preBackup, async (request, reply) => {
    const call = { operationName: "BackupCheck", ...(await open(deps, request, "BackupCheck")) };
    const job = await beginOperation(deps, {
      ...call,
      place,
      properties: { target: call.target.uri },
      work: async () => {
        await deps.backupKeys.current();
        await call.target.probe();
        return {};
      },
    });
    return sendAccepted(request, reply, job, routes.fullBackupPending(job.id));
  });
  app.get(routes.fullBackupPending(":job"), async (request, reply) => {
    await asInstallationRole(deps, request, "BackupStatusGet", roles);
    return await sendState(deps.jobs, place, request, reply);
  });
}

async function open(
  deps: FullBackupRouteDeps,
  request: FastifyRequest,
  operationName: string,
): Promise<{ readonly context: RequestContext; readonly target: BackupTarget }> {
  const context = await asInstallationRole(deps, request, operationName, roles);
  const target = await refusable(deps, { context, operationName }, () =>
    openTarget(deps.backup, storageSchema.parse(request.body)),
  );
  return { context, target };
}
