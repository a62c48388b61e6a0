// SPDX-License-Identifier: Apache-2.0
/** Managed HSM's routes for the security domain, and ours for the rotation of its keys: on the installation's host alone. */

import {
  type DomainOperation,
  downloadRequestSchema,
  rotateRequestSchema,
  routes,
  securityDomainSchema,
} from "@strongroom/api";
import { type AuditEvent, errorTable, isStrongroomError, StrongroomError } from "@strongroom/core";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Refusal, type RequestContext, requestEvent } from "../../audit/event.ts";
import {
  type DomainAct,
  type DomainServiceDeps,
  domainStatus,
  download,
  retire,
  rotate,
  transferKey,
  upload,
} from "../../domain/domain-service.ts";
import { onInstallation, type RequestDeps } from "../request-context.ts";

/** What these routes work with. */
export interface DomainRouteDeps extends RequestDeps, DomainServiceDeps {
  /** Makes an event durable. */
  readonly record: (event: AuditEvent) => Promise<void>;
  /** Called after each act that changed which keys the HSM has; its answer has not left yet. */
  readonly onKeysChanged: (act: "loaded" | "rotated" | "retired") => void;
}

/** Bytes of a body: a restore file in base64url, with room. */
const bodyLimit = 1024 * 1024;

/** Registers the routes. */
export function registerDomainRoutes(app: FastifyInstance, deps: DomainRouteDeps): void {
  app.post(routes.downloadDomain, { bodyLimit }, async (request, reply) => {
    const context = await asOfficer(deps, request, "SecurityDomainDownload");
    const act = download(deps, downloadRequestSchema.parse(request.body));
    const value = await perform(deps, { context, operationName: "SecurityDomainDownload", act });
    deps.onKeysChanged("loaded");
    return await accepted(request, reply, routes.downloadPending).send({ value });
  });
  app.post(routes.uploadDomain, { bodyLimit }, async (request, reply) => {
    const context = await asOfficer(deps, request, "SecurityDomainUpload");
    const act = upload(deps, securityDomainSchema.parse(request.body).value);
    await perform(deps, { context, operationName: "SecurityDomainUpload", act });
    deps.onKeysChanged("loaded");
    const answer: DomainOperation = { status: "Success" };
    return await accepted(request, reply, routes.uploadPending).send(answer);
  });
  app.get(routes.uploadDomain, async (request) => {
    const context = await asOfficer(deps, request, "SecurityDomainTransferKey");
    const act = { properties: {}, perform: () => transferKey(deps) };
    return await perform(deps, { context, operationName: "SecurityDomainTransferKey", act });
  });
  for (const path of [routes.downloadPending, routes.uploadPending]) {
    app.get(path, async (request) => {
      await asOfficer(deps, request, "SecurityDomainPending");
      return await pending(deps);
    });
  }
  registerOurs(app, deps);
}

function registerOurs(app: FastifyInstance, deps: DomainRouteDeps): void {
  app.get(routes.domain, async (request) => {
    await asOfficer(deps, request, "SecurityDomainStatus");
    return await domainStatus(deps);
  });
  app.post(routes.rotateKeks, { bodyLimit }, async (request) => {
    const context = await asOfficer(deps, request, "KekRotate");
    const act = rotate(deps, rotateRequestSchema.parse(request.body));
    const status = await perform(deps, { context, operationName: "KekRotate", act });
    deps.onKeysChanged("rotated");
    return status;
  });
  app.post(routes.retireKeks, async (request) => {
    const context = await asOfficer(deps, request, "KekRetire");
    const act = retire(deps);
    const status = await perform(deps, { context, operationName: "KekRetire", act });
    deps.onKeysChanged("retired");
    return status;
  });
}

// A vault's Administrator is none: installation roles come from the configuration alone.
async function asOfficer(
  deps: DomainRouteDeps,
  request: FastifyRequest,
  operationName: string,
): Promise<RequestContext> {
  const context = onInstallation(deps, request);
  if (!context.caller.installationRoles.includes("securityOfficer")) {
    const refusal = new Refusal("Forbidden", "only a security officer of the installation may");
    await deps.record(outcomeEvent(context, operationName, refusal));
    throw refusal;
  }
  return context;
}

interface Performance<T> {
  readonly context: RequestContext;
  readonly operationName: string;
  readonly act: DomainAct<T>;
}

// Recorded before it begins: what was done is in the log although nothing after it may be. And after it, how it went.
async function perform<T>(deps: DomainRouteDeps, performance: Performance<T>): Promise<T> {
  const { context, operationName, act } = performance;
  const { properties } = act;
  await deps.record(
    requestEvent(context, {
      operationName: `${operationName}Begin`,
      httpStatusCode: 202,
      properties,
    }),
  );
  const result = await attempt(deps, performance);
  await deps.record(requestEvent(context, { operationName, httpStatusCode: 200, properties }));
  return result;
}

async function attempt<T>(
  deps: DomainRouteDeps,
  { context, operationName, act }: Performance<T>,
): Promise<T> {
  try {
    return await act.perform();
  } catch (error) {
    await deps.record(outcomeEvent(context, operationName, error));
    throw error;
  }
}

function outcomeEvent(context: RequestContext, operationName: string, error: unknown): AuditEvent {
  const code = isStrongroomError(error) ? error.code : "Internal";
  return requestEvent(context, {
    operationName,
    httpStatusCode: errorTable[code].http,
    resultSignature: code,
  });
}

async function pending({ hsm }: DomainRouteDeps): Promise<DomainOperation> {
  const ceremony = await hsm.ceremony();
  if (ceremony.state === "failed") {
    return { status: "Failed", status_details: ceremony.message };
  }
  if (ceremony.state === "running") {
    return { status: "InProgress" };
  }
  if ((await hsm.domain()).state !== "active") {
    throw new StrongroomError("NotFound", "no security domain was asked for yet");
  }
  return { status: "Success" };
}

function accepted(request: FastifyRequest, reply: FastifyReply, path: string): FastifyReply {
  const place = `https://${request.headers.host ?? ""}${path}`;
  return reply.status(202).header("azure-asyncoperation", place).header("location", place);
}
