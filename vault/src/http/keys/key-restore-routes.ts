// SPDX-License-Identifier: Apache-2.0
/** Managed HSM's selective restore: one key of a full backup, into the vault that it was in, by a role of that vault. */

import { keyRestoreSchema, routes } from "@strongroom/api";
import { isStrongroomError } from "@strongroom/core";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import { decide, refuse } from "../../audit/decide.ts";
import { useOrder } from "../../charter/orders.ts";
import type { BackupConfig } from "../../config.ts";
import type { JobPlace, Jobs } from "../../full-backup/jobs.ts";
import { readObjectOf } from "../../full-backup/read-object.ts";
import { requireFolderName } from "../../full-backup/targets/backup-target.ts";
import { openTarget } from "../../full-backup/targets/open-target.ts";
import { keyKind } from "../../keys/key-kind.ts";
import { writeRestored } from "../../objects/backup/restore-backup.ts";
import { requireUnmanaged } from "../../objects/refusals.ts";
import { requireAccess } from "../../vaults/access.ts";
import { decideOnVault, type VaultOperation } from "../decide-on-vault.ts";
import { sendAccepted, sendState } from "../manage/operation-wire.ts";
import { onVault } from "../request-context.ts";
import { beginKeyCall, type KeyCall, type KeyRouteDeps, keyActionPrefix } from "./key-call.ts";

/** What these routes work with. */
export interface KeyRestoreDeps extends KeyRouteDeps {
  /** Operations under way, and where backups may lie. */
  readonly fullBackup: { readonly jobs: Jobs; readonly backup: BackupConfig };
  /** MAC key of a scope's records. */
  readonly macKey: (scope: string) => Promise<Uint8Array>;
}

const action = `${keyActionPrefix}/restore/action` as const;

type RestoreBody = z.output<typeof keyRestoreSchema>;

/** Registers the route. */
export function registerKeyRestoreRoutes(app: FastifyInstance, deps: KeyRestoreDeps): void {
  app.put(routes.keyRestore(":name"), async (request, reply) => {
    const call = await beginKeyCall(deps, request);
    const { target, folder } = await decideOnVault(deps, call, {
      ...operationOf(call, "KeySelectiveRestoreBegin"),
      work: async () => ({ result: await open(deps, keyRestoreSchema.parse(request.body)) }),
    });
    const job = deps.fullBackup.jobs.begin(placeOf(call.vault.uid), async () => {
      await restoreKey(deps, call, target.read(folder));
      return {};
    });
    return sendAccepted(request, reply, job, routes.restorePending(job.id));
  });
}

/** Answers how a restore of this vault's goes. */
export async function sendKeyRestoreState(
  deps: Pick<KeyRestoreDeps, "fullBackup" | "ledger"> & Parameters<typeof onVault>[0],
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { vault, context } = onVault(deps, request);
  const asked = { context, operationName: "RestoreStatusGet" };
  try {
    await requireAccess(deps.ledger, vault, context.caller, { action, via: "api" });
  } catch (error) {
    if (isStrongroomError(error, "Forbidden")) {
      return await refuse(deps.ledger, asked, error);
    }
    throw error;
  }
  return await sendState(deps.fullBackup.jobs, placeOf(vault.uid), request, reply);
}

async function open({ fullBackup }: KeyRestoreDeps, body: RestoreBody) {
  const { backup, jobs } = fullBackup;
  jobs.requireIdle();
  const folder = requireFolderName(body.folder);
  return { target: await openTarget(backup, body.sasTokenParameters), folder };
}

async function restoreKey(
  deps: KeyRestoreDeps,
  call: KeyCall,
  stream: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { vault, name, context } = call;
  const operation = operationOf(call, "KeySelectiveRestore");
  const [attempt] = await Promise.allSettled([
    readObjectOf(deps, { vault, type: keyKind, name }, stream),
  ]);
  if (attempt.status === "rejected") {
    const failed = () => Promise.reject(attempt.reason);
    const { operationName } = operation;
    return await decide(deps.ledger, { context, operationName, work: failed });
  }
  // The role is looked at again: reading a backup takes long.
  await decideOnVault(deps, call, {
    ...operation,
    work: async (tx) => {
      requireUnmanaged("restore", attempt.value.object);
      await useOrder(tx, vault, { action: "recover", object: `keys/${name}` }, context.at);
      await writeRestored(tx, vault, [attempt.value]);
      return { result: undefined };
    },
  });
  deps.keyAccess.forget(vault, name);
}

function operationOf(
  { name }: KeyCall,
  operationName: string,
): Pick<VaultOperation<never>, "operationName" | "action" | "object"> {
  return { operationName, action, object: `keys/${name}` };
}

function placeOf(owner: string): JobPlace {
  return { owner, kind: "restore" };
}
