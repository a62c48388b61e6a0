// SPDX-License-Identifier: Apache-2.0
/** Certificates are renewed, and their end is announced, when it is time; what was interrupted is taken up again. */

import { type Clock, errorTable, isStrongroomError, type Log } from "@strongroom/core";
import { decide } from "../audit/decide.ts";
import type { RequestContext } from "../audit/event.ts";
import { objectPrefix, objectRecordSchema } from "../objects/object-record.ts";
import { findVersion, isActive } from "../objects/read-object.ts";
import { updateVersion } from "../objects/update-version.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import { allRecords, type VaultDirectory } from "../vaults/vault-directory.ts";
import { parseRecord, type Vault } from "../vaults/vault-record.ts";
import { beginEnrolment, type Enrolment } from "./begin-enrolment.ts";
import { isUnknownIssuer } from "./certificate-policy.ts";
import { certificateType } from "./certificate-type.ts";
import { type DueAction, dueAction } from "./due-action.ts";
import { type CertificateDeps, finishEnrolment } from "./finish-enrolment.ts";
import { renewalIntervalMs, renewalStepMs, resumeAfterSeconds, retryIntervalMs } from "./limits.ts";
import { type CertificateOperation, findOperation } from "./operation-record.ts";
import { readPolicy } from "./policy-record.ts";

/** What the loop works with. */
export interface RenewalDeps extends CertificateDeps {
  readonly directory: Pick<VaultDirectory, "all">;
  readonly clock: Clock;
  readonly log: Log;
}

interface Subject {
  readonly vault: Vault;
  readonly name: string;
  readonly started: Date;
}

/** Looks at all certificates until the signal aborts: at once, and then whenever ten minutes of the clock have gone. */
export async function renewOnTime(deps: RenewalDeps, signal: AbortSignal): Promise<void> {
  const started = deps.clock.now();
  let next = 0;
  while (!signal.aborted) {
    const now = deps.clock.now().getTime();
    if (now >= next) {
      const isDone = await renewOnce(deps, started, signal).catch((error: unknown) => {
        deps.log.failure("certificates are not renewed for now", error);
        return false;
      });
      next = now + (isDone ? renewalIntervalMs : retryIntervalMs);
    }
    // In small steps: a machine that slept, or a clock that was put right, waits no longer for it.
    await deps.clock.sleep(renewalStepMs, signal).catch(() => undefined);
  }
}

/**
 * One look at every certificate of every vault; one that fails stops no other.
 *
 * @param started When this process began: nobody works on operations from before.
 * @returns Whether nothing is left that should be tried again soon.
 */
export async function renewOnce(
  deps: RenewalDeps,
  started: Date,
  signal: AbortSignal,
): Promise<boolean> {
  let isDone = true;
  for (const vault of deps.directory.all()) {
    for await (const { body } of allRecords(deps.ledger, vault.uid, objectPrefix("certificates"))) {
      signal.throwIfAborted();
      const object = parseRecord(objectRecordSchema, body);
      if (vault.deleted === null && isActive(object)) {
        isDone = (await attendSafely(deps, { vault, name: object.name, started })) && isDone;
      }
    }
  }
  return isDone;
}

async function attendSafely(deps: RenewalDeps, subject: Subject): Promise<boolean> {
  try {
    return await attend(deps, subject);
  } catch (error) {
    // A refusal is in the audit log already, and stays one until somebody changes something.
    const isRefusal = isStrongroomError(error) && errorTable[error.code].http < 500;
    if (!isRefusal) {
      deps.log.failure("a certificate is not renewed for now", error);
    }
    return isRefusal;
  }
}

/** Does what is due; whether nothing is left to be tried again soon. */
async function attend(deps: RenewalDeps, subject: Subject): Promise<boolean> {
  const { vault, name, started } = subject;
  const at = deps.clock.now();
  const policy = await readPolicy(deps.ledger, vault, name);
  const operation = await findOperation(deps.ledger, vault, name);
  if (operation?.status === "inProgress") {
    const isLeft =
      operation.created < toSeconds(started) ||
      toSeconds(at) - operation.created >= resumeAfterSeconds;
    if (operation.csr !== undefined && isUnknownIssuer(operation)) {
      return true;
    }
    return isLeft && isOver(await resume(deps, { vault, name, policy, at, operation }));
  }
  const { version } = await findVersion(deps.ledger, vault, certificateType, { name });
  const due = dueAction(policy, version, at);
  return due === undefined || (await act(deps, subject, due));
}

async function resume(
  deps: RenewalDeps,
  enrolment: Omit<Enrolment, "attributes">,
): Promise<CertificateOperation> {
  const { attributes, preserveCertOrder } = enrolment.operation;
  const context = systemContext(enrolment.at);
  return await finishEnrolment(deps, { ...enrolment, attributes, preserveCertOrder }, context);
}

/** Whether nobody has to work on it any more: it ended, or waits for a merge. */
function isOver({ status, csr }: CertificateOperation): boolean {
  return status !== "inProgress" || csr !== undefined;
}

async function act(deps: RenewalDeps, subject: Subject, due: DueAction): Promise<boolean> {
  switch (due) {
    case "renew":
      return await renew(deps, subject);
    case "announceNearExpiry":
      return await announce(deps, subject, "nearExpiry");
    case "announceExpired":
      return await announce(deps, subject, "expired");
  }
}

async function renew(deps: RenewalDeps, { vault, name }: Subject): Promise<boolean> {
  const at = deps.clock.now();
  const context = systemContext(at);
  const enrolment = await decide(deps.ledger, {
    context,
    operationName: "CertificateRenew",
    properties: { vault: vault.uid, certificate: name },
    work: async (tx) => {
      const policy = await readPolicy(tx, vault, name);
      const { version } = await findVersion(tx, vault, certificateType, { name });
      const { tags, preserveCertOrder } = version;
      const attributes = tags === undefined ? {} : { tags };
      const request = { vault, name, policy, attributes, preserveCertOrder, at };
      return { result: await beginEnrolment(tx, request), properties: { renews: version.version } };
    },
  });
  return isOver(await finishEnrolment(deps, enrolment, context));
}

/** The audit log has it from the transaction that notes it, so it is said once. */
async function announce(
  deps: RenewalDeps,
  { vault, name }: Subject,
  what: "nearExpiry" | "expired",
): Promise<boolean> {
  const at = deps.clock.now();
  const event = what === "expired" ? "Expired" : "NearExpiry";
  return await decide(deps.ledger, {
    context: systemContext(at),
    operationName: `Certificate${event}EventGridNotification`,
    properties: { vault: vault.uid, certificate: name },
    work: async (tx) => {
      const found = await findVersion(tx, vault, certificateType, { name });
      await updateVersion(tx, found, { attributes: {}, own: { announced: what }, at });
      const { version, exp } = found.version;
      return { result: true, properties: { version, exp: exp ?? 0 } };
    },
  });
}

/** The vault itself asks. */
function systemContext(at: Date): RequestContext {
  return {
    at,
    caller: {
      principal: { issuer: "strongroom", subject: "vault" },
      installationRoles: [],
      tokenHash: new Uint8Array(),
    },
    correlationId: "",
    callerIpAddress: "",
    requestUri: "",
  };
}
