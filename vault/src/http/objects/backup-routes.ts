// SPDX-License-Identifier: Apache-2.0
/** Key Vault's routes for backup and restore, the same for every kind. */

import { fromBase64url, isStrongroomError, toBase64url } from "@strongroom/core";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { refuse } from "../../audit/decide.ts";
import { useOrder } from "../../charter/orders.ts";
import { createBackup } from "../../objects/backup/create-backup.ts";
import {
  prepareRestore,
  type RestoreDeps,
  type RestoredObject,
  writeRestored,
} from "../../objects/backup/restore-backup.ts";
import { restoreBodyLimit } from "../../objects/limits.ts";
import { readVersion } from "../../objects/read-object.ts";
import { objectNotFound } from "../../objects/refusals.ts";
import { decideOnVault } from "../decide-on-vault.ts";
import { onVault, type RequestDeps, type VaultRequest } from "../request-context.ts";
import { completed, type ObjectFace } from "./object-face.ts";
import { nameParam, requireApiVersion } from "./object-wire.ts";
import { admitRestore, admitted, type RestoreGate } from "./restore-gate.ts";

/** What these routes work with. */
export interface BackupRouteDeps extends RequestDeps, RestoreDeps {
  readonly restoreGate: RestoreGate;
}

// Padding is what some clients send.
const restoreSchema = z.object({ value: z.string().regex(/^[A-Za-z0-9_-]*={0,2}$/) });

/** Registers the routes of one kind. */
export function registerBackupRoutes<Own extends object>(
  app: FastifyInstance,
  deps: BackupRouteDeps,
  face: ObjectFace<Own>,
): void {
  const { kind } = face.type;
  app.post(`/${kind}/:name/backup`, async (request) => {
    requireApiVersion(request.query);
    const { name } = nameParam.parse(request.params);
    return await backUp(deps, { ...onVault(deps, request), name }, face);
  });
  app.post(`/${kind}/restore`, {
    bodyLimit: restoreBodyLimit,
    onRequest: async (request, reply) => {
      requireApiVersion(request.query);
      const call = onVault(deps, request);
      await admitRestore(deps, call, face, { request, reply });
    },
    handler: async (request: FastifyRequest) => {
      const { value } = restoreSchema.parse(request.body);
      return await restore(deps, admitted(request), face, value);
    },
  });
}

async function backUp<Own extends object>(
  deps: BackupRouteDeps,
  call: VaultRequest & { readonly name: string },
  face: ObjectFace<Own>,
) {
  const { vault, name, context } = call;
  const operationName = `${face.type.noun}Backup`;
  const parts = await decideOnVault(deps, call, {
    operationName,
    action: face.actions.backup,
    object: `${face.type.kind}/${name}`,
    work: async (tx) => ({ result: await face.partsOf(tx, vault, name) }),
  });
  try {
    return { value: toBase64url(await createBackup(deps, vault, parts)) };
  } catch (error) {
    if (isStrongroomError(error, "BadParameter") || isStrongroomError(error, "NotFound")) {
      return await refuse(deps.ledger, { context, operationName }, error);
    }
    throw error;
  }
}

async function restore<Own extends object>(
  deps: BackupRouteDeps,
  call: VaultRequest,
  face: ObjectFace<Own>,
  value: string,
) {
  const { vault, origin, context } = call;
  const operationName = `${face.type.noun}Restore`;
  const restored = await prepared(deps, call, face, value).catch(async (error: unknown) => {
    if (isStrongroomError(error, "BadParameter") || isStrongroomError(error, "Forbidden")) {
      return await refuse(deps.ledger, { context, operationName }, error);
    }
    throw error;
  });
  const { name } = restored[0].object;
  const found = await decideOnVault(deps, call, {
    operationName,
    action: face.actions.restore,
    object: `${face.type.kind}/${name}`,
    isBulk: true,
    work: async (tx) => {
      const act = { action: "recover", object: `${face.type.kind}/${name}` } as const;
      await useOrder(tx, vault, act, context.at);
      const [object] = await writeRestored(tx, vault, restored);
      const result = object && (await readVersion(tx, vault, face.type, { object }));
      if (result === undefined) {
        throw objectNotFound(face.type, name);
      }
      return { result: await completed(face, tx, vault, result) };
    },
  });
  return face.bundle(origin, vault, found);
}

async function prepared<Own extends object>(
  deps: BackupRouteDeps,
  { vault }: VaultRequest,
  face: ObjectFace<Own>,
  value: string,
): Promise<readonly [RestoredObject, ...RestoredObject[]]> {
  const blob = fromBase64url(value.replace(/=+$/, ""));
  return face.checkRestored(await prepareRestore(deps, vault, blob));
}
