// SPDX-License-Identifier: Apache-2.0
/** Operations on the whole installation: who may, and events before they begin, after they end, and of every refusal. */

import {
  type AuditEvent,
  errorTable,
  isStrongroomError,
  type JsonValue,
  type StrongroomError,
} from "@strongroom/core";
import type { FastifyRequest } from "fastify";
import { Refusal, type RequestContext, requestEvent } from "../../audit/event.ts";
import type { BackupConfig } from "../../config.ts";
import type { Job, JobPlace, JobResult, Jobs } from "../../full-backup/jobs.ts";
import type { InstallationRole } from "../../identity/caller.ts";
import { onInstallation, type RequestDeps } from "../request-context.ts";

/** What they work with. */
export interface OperationDeps extends RequestDeps {
  readonly jobs: Jobs;
  readonly backup: BackupConfig;
  /** Makes an event durable. */
  readonly record: (event: AuditEvent) => Promise<void>;
}

/** An operation as somebody asked for it. */
export interface AskedOperation {
  readonly context: RequestContext;
  /** Its name in the audit log. */
  readonly operationName: string;
  readonly properties?: { readonly [name: string]: JsonValue };
}

/** The caller, who has one of these roles, which come from the configuration alone. @throws {Refusal} `Forbidden` */
export async function asInstallationRole(
  deps: OperationDeps,
  request: FastifyRequest,
  operationName: string,
  roles: readonly InstallationRole[],
): Promise<RequestContext> {
  const context = onInstallation(deps, request);
  return await refusable(deps, { context, operationName }, async () => {
    if (!roles.some((role) => context.caller.installationRoles.includes(role))) {
      throw new Refusal("Forbidden", `only a ${roles.map(inWords).join(" or a ")} may`);
    }
    return context;
  });
}

/** What `work` answers; what it throws is recorded first. */
export async function refusable<T>(
  deps: Pick<OperationDeps, "record">,
  asked: AskedOperation,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isStrongroomError(error)) {
      await deps.record(failureOf(asked, error));
    }
    throw error;
  }
}

/** Begins it, once that is recorded. @throws {Refusal} `Conflict` while another is under way */
export async function beginOperation(
  deps: OperationDeps,
  operation: AskedOperation & {
    readonly place: JobPlace;
    readonly work: (id: string) => Promise<JobResult>;
  },
): Promise<Job> {
  const { place, work, ...asked } = operation;
  await refusable(deps, asked, async () => deps.jobs.requireIdle());
  await deps.record(eventOf(asked, "Begin", 202));
  return await refusable(deps, asked, async () =>
    deps.jobs.begin(place, async (id) => {
      const result = await refusable(deps, asked, () => work(id));
      await deps.record(eventOf(asked, "", 200));
      return result;
    }),
  );
}

function eventOf(
  { context, operationName, properties }: AskedOperation,
  ending: string,
  httpStatusCode: number,
): AuditEvent {
  return requestEvent(context, {
    operationName: operationName + ending,
    httpStatusCode,
    ...(properties && { properties }),
  });
}

function failureOf(asked: AskedOperation, error: StrongroomError): AuditEvent {
  const { context, operationName, properties } = asked;
  const details = error instanceof Refusal ? error.details : {};
  return requestEvent(context, {
    operationName,
    httpStatusCode: errorTable[error.code].http,
    resultSignature: error.code,
    properties: { ...properties, ...details },
  });
}

function inWords(role: InstallationRole): string {
  return role.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
