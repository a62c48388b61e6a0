// SPDX-License-Identifier: Apache-2.0
/** Management routes of objects that resources ask for. They answer which version is current, never what is in it. */

import {
  manageCallSchema,
  type ObjectKind,
  objectNameSchema,
  type PutCertificateRequest,
  type PutCertificateResponse,
  type PutKeyRequest,
  type PutObjectResponse,
  type PutSecretRequest,
  putCertificateRequestSchema,
  putKeyRequestSchema,
  putSecretRequestSchema,
  routes,
  uidSchema,
} from "@strongroom/api";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { certificateType } from "../../certificates/certificate-type.ts";
import { finishEnrolment } from "../../certificates/finish-enrolment.ts";
import { keyKind } from "../../keys/key-kind.ts";
import { rotationPolicyWireSchema } from "../../keys/rotation-policy.ts";
import { certificateState } from "../../manage/certificate-state.ts";
import { deleteDesired } from "../../manage/delete-desired.ts";
import type { PutDesired } from "../../manage/desired-object.ts";
import { makeDesiredValue } from "../../manage/make-desired-value.ts";
import { putCertificate } from "../../manage/put-certificate.ts";
import { prepareDesiredKey, putKey } from "../../manage/put-key.ts";
import { putSecret } from "../../manage/put-secret.ts";
import type { ObjectType } from "../../objects/object-type.ts";
import { secretType } from "../../secrets/secret-type.ts";
import { requireKeysByResource } from "../../vaults/settings.ts";
import { createCertificateSchema, saidOf } from "../certificates/certificate-wire.ts";
import { createKeySchema } from "../keys/key-wire.ts";
import {
  actOnCall,
  actOnPreparedCall,
  beginCall,
  type ManageCallOn,
  type ManageRouteDeps,
} from "../manage/manage-call.ts";

const params = z.object({ uid: uidSchema, name: objectNameSchema });
const create = { secrets: "SecretSet", keys: "KeyCreate", certificates: "CertificateCreate" };

/** Registers the routes. */
export function registerManagedObjectRoutes(app: FastifyInstance, deps: ManageRouteDeps): void {
  app.put(routes.manageSecret(":uid", ":name"), async (request) => {
    const call = await beginCall(deps, request, params, putSecretRequestSchema);
    return await putManagedSecret(deps, call);
  });
  app.put(routes.manageKey(":uid", ":name"), async (request) => {
    const call = await beginCall(deps, request, params, putKeyRequestSchema);
    return await putManagedKey(deps, call);
  });
  app.put(routes.manageCertificate(":uid", ":name"), async (request) => {
    const call = await beginCall(deps, request, params, putCertificateRequestSchema);
    return await putManagedCertificate(deps, call);
  });
  registerDelete(app, deps, { path: routes.manageSecret, type: secretType });
  registerDelete(app, deps, { path: routes.manageKey, type: keyKind });
  registerDelete(app, deps, { path: routes.manageCertificate, type: certificateType });
}

interface Deletable<Own extends object> {
  readonly path: (uid: string, name: string) => string;
  readonly type: ObjectType<Own>;
}

function registerDelete<Own extends object>(
  app: FastifyInstance,
  deps: ManageRouteDeps,
  { path, type }: Deletable<Own>,
): void {
  app.delete(path(":uid", ":name"), async (request) => {
    const call = await beginCall(deps, request, params, manageCallSchema);
    return await actOnCall(deps, call, `${type.noun}Delete`, async (tx) => ({
      result: { deleted: await deleteDesired(tx, type, toTarget(call)) },
    }));
  });
}

async function putManagedSecret(
  deps: ManageRouteDeps,
  call: ManageCallOn<PutSecretRequest>,
): Promise<PutObjectResponse> {
  const target = toTarget(call);
  const put = await actOnPreparedCall(deps, call, create.secrets, {
    prepare: () => makeDesiredValue(deps, target, call.body),
    work: async (tx, value) =>
      granted(await putSecret(tx, { ...target, request: call.body, value })),
  });
  return toAnswer(call, "secrets", put);
}

async function putManagedKey(
  deps: ManageRouteDeps,
  call: ManageCallOn<PutKeyRequest>,
): Promise<PutObjectResponse> {
  const { vault, name, body } = call;
  const desired = {
    ...toTarget(call),
    key: createKeySchema.parse(body.key),
    rotationPolicy: rotationPolicyWireSchema.optional().parse(body.rotationPolicy),
  };
  const put = await actOnPreparedCall(deps, call, create.keys, {
    prepare: () => prepareDesiredKey(deps, desired),
    work: async (tx, prepared) => {
      await requireKeysByResource(tx, vault);
      return granted(await putKey(tx, desired, prepared));
    },
  });
  // It may have been disabled.
  deps.keyAccess.forget(vault, name);
  return toAnswer(call, "keys", put);
}

async function putManagedCertificate(
  deps: ManageRouteDeps,
  call: ManageCallOn<PutCertificateRequest>,
): Promise<PutCertificateResponse> {
  const { vault, name, context } = call;
  const body = createCertificateSchema.parse(call.body.certificate);
  const desired = { ...toTarget(call), policy: body.policy, attributes: saidOf(body) };
  const { created, enrolment } = await actOnCall(deps, call, create.certificates, async (tx) => {
    await requireKeysByResource(tx, vault);
    const result = await putCertificate(tx, desired);
    return { result, properties: { created: result.created } };
  });
  if (enrolment !== undefined) {
    await finishEnrolment(deps, enrolment, context);
  }
  return { ...(await certificateState(deps.ledger, vault, name)), created };
}

function granted(result: PutDesired) {
  return { result, properties: { version: result.version, created: result.created } };
}

function toAnswer<Body>(
  { vault }: ManageCallOn<Body>,
  kind: ObjectKind,
  { name, version, created }: PutDesired,
): PutObjectResponse {
  return { version, created, id: `https://${vault.hosts[0]}/${kind}/${name}/${version}` };
}

function toTarget({
  vault,
  name,
  body,
  context,
}: ManageCallOn<{ readonly owner: { uid: string } }>) {
  return { vault, name, owner: body.owner.uid, at: context.at };
}
