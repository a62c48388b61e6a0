// SPDX-License-Identifier: Apache-2.0
/** Management routes of objects that resources ask for. */

import {
  manageCallSchema,
  objectNameSchema,
  type PutObjectResponse,
  type PutSecretRequest,
  putSecretRequestSchema,
  routes,
  uidSchema,
} from "@strongroom/api";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { deleteDesired } from "../manage/delete-desired.ts";
import { makeDesiredValue } from "../manage/make-desired-value.ts";
import { putSecret } from "../manage/put-secret.ts";
import { secretType } from "../secrets/secret-type.ts";
import {
  actOnCall,
  actOnPreparedCall,
  beginCall,
  type ManageCallOn,
  type ManageRouteDeps,
} from "./manage-call.ts";

const params = z.object({ uid: uidSchema, name: objectNameSchema });

/** Registers the routes. */
export function registerManagedObjectRoutes(app: FastifyInstance, deps: ManageRouteDeps): void {
  app.put(routes.manageSecret(":uid", ":name"), async (request) => {
    const call = await beginCall(deps, request, params, putSecretRequestSchema);
    return await putManagedSecret(deps, call);
  });
  app.delete(routes.manageSecret(":uid", ":name"), async (request) => {
    const call = await beginCall(deps, request, params, manageCallSchema);
    return await actOnCall(deps, call, "SecretDelete", async (tx) => ({
      result: { deleted: await deleteDesired(tx, secretType, toTarget(call)) },
    }));
  });
}

async function putManagedSecret(
  deps: ManageRouteDeps,
  call: ManageCallOn<PutSecretRequest>,
): Promise<PutObjectResponse> {
  const { vault, body } = call;
  const target = toTarget(call);
  const { name, version, created } = await actOnPreparedCall(deps, call, "SecretSet", {
    prepare: () => makeDesiredValue(deps, target, body),
    work: async (tx, value) => {
      const result = await putSecret(tx, { ...target, request: body, value });
      return { result, properties: { version: result.version, created: result.created } };
    },
  });
  return { version, created, id: `https://${vault.hosts[0]}/secrets/${name}/${version}` };
}

function toTarget({
  vault,
  name,
  body,
  context,
}: ManageCallOn<{ readonly owner: { uid: string } }>) {
  return { vault, name, owner: body.owner.uid, at: context.at };
}
