// SPDX-License-Identifier: Apache-2.0
/** One request about one certificate, and how it is decided. */

import { type DataAction, StrongroomError } from "@strongroom/core";
import type { FastifyRequest } from "fastify";
import type { Granted } from "../../audit/decide.ts";
import type { CertificateDeps } from "../../certificates/finish-enrolment.ts";
import type { LedgerTransaction } from "../../ledger/ledger.ts";
import type { FoundVersion } from "../../objects/read-object.ts";
import { isAllowed, roleAssignments } from "../../vaults/access.ts";
import { decideOnVault } from "../decide-on-vault.ts";
import type { BackupRouteDeps } from "../objects/backup-routes.ts";
import { nameParam, requireApiVersion } from "../objects/object-wire.ts";
import { onVault, type VaultRequest } from "../request-context.ts";

/** What the routes of certificates work with. */
export interface CertificateRouteDeps extends BackupRouteDeps, CertificateDeps {}

/** A request about a certificate. */
export interface CertificateCall extends VaultRequest {
  readonly name: string;
}

/** What may be asked of a certificate: Key Vault's name in the audit log, and the action that a role must allow. */
export interface CertificateVerb {
  readonly operationName: string;
  readonly action: DataAction;
}

const prefix = "Microsoft.KeyVault/vaults/certificates";
const verb = (operation: string, action: string): CertificateVerb => ({
  operationName: `Certificate${operation}`,
  action: `${prefix}/${action}` as DataAction,
});

/** What may be asked. */
export const verbs = {
  create: verb("Create", "create/action"),
  import: verb("Import", "import/action"),
  get: verb("Get", "read"),
  update: verb("Update", "update/action"),
  getPolicy: verb("PolicyGet", "read"),
  updatePolicy: verb("PolicyUpdate", "update/action"),
  getPending: verb("PendingGet", "read"),
  updatePending: verb("PendingUpdate", "update/action"),
  deletePending: verb("PendingDelete", "update/action"),
  merge: verb("PendingMerge", "create/action"),
} as const;

/** Places and authenticates a request. */
export async function callOf(
  deps: CertificateRouteDeps,
  request: FastifyRequest,
): Promise<CertificateCall> {
  requireApiVersion(request.query);
  const { name } = nameParam.parse({ name: (request.params as { readonly name?: unknown }).name });
  return { ...onVault(deps, request), name };
}

/** Decides a request about a certificate. */
export async function decideOn<T>(
  deps: CertificateRouteDeps,
  call: CertificateCall,
  asked: CertificateVerb,
  work: (tx: LedgerTransaction) => Promise<Granted<T>>,
): Promise<T> {
  return await decideOnVault(deps, call, { ...asked, object: `certificates/${call.name}`, work });
}

/** Work that is ready to be written. */
type Prepared<T> = (tx: LedgerTransaction) => Promise<T>;

/**
 * Decides a request that takes work before its transaction: keys, passwords, signatures. Who may not ask gets none of
 * it done, and what it is refused for is recorded like any other refusal.
 */
export async function prepareAndDecide<T extends FoundVersion>(
  deps: CertificateRouteDeps,
  call: CertificateCall,
  asked: CertificateVerb,
  prepare: () => Promise<Prepared<T>>,
): Promise<T> {
  const { vault, context, name } = call;
  const question = { action: asked.action, via: "api", object: `certificates/${name}` } as const;
  const assignments = await roleAssignments(deps.ledger, vault);
  const attempt: Prepared<T> = isAllowed(assignments, context.caller, question)
    ? await prepare().catch((error: unknown) => () => Promise.reject(error))
    : () => Promise.reject(new StrongroomError("Conflict", "the caller's roles changed meanwhile"));
  return await decideOn(deps, call, asked, async (tx) => {
    const result = await attempt(tx);
    return { result, properties: { version: result.version.version } };
  });
}
