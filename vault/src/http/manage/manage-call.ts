// SPDX-License-Identifier: Apache-2.0
/** What every management call has in common: it is the operator's, of a lease that still holds, about one vault. */

import type { uidSchema } from "@strongroom/api";
import { StrongroomError, type TrustedAuthorities } from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import { decide, type Granted, refuse } from "../../audit/decide.ts";
import { Refusal, type RequestContext } from "../../audit/event.ts";
import type { CertificateDeps } from "../../certificates/finish-enrolment.ts";
import type { KeyAccess } from "../../keys/key-access.ts";
import type { LedgerTransaction } from "../../ledger/ledger.ts";
import type { VaultManagementDeps } from "../../manage/manage-vault.ts";
import { requireEpoch } from "../../manage/operator-epoch.ts";
import type { Vault } from "../../vaults/vault-record.ts";
import { onInstallation, type RequestDeps } from "../request-context.ts";

/** What management routes work with. */
export interface ManageRouteDeps extends RequestDeps, VaultManagementDeps, CertificateDeps {
  readonly hsm: HsmClient;
  readonly keyAccess: KeyAccess;
  readonly random: (bytes: number) => Promise<Uint8Array>;
  /** Whom the attestation authority trusts now. */
  readonly trustedAuthorities: () => TrustedAuthorities;
}

/** A call about something in a vault. */
export interface ManageCallOn<Body> {
  readonly context: RequestContext;
  readonly vault: Vault;
  readonly name: string;
  readonly body: Body;
}

/** Parameters of a route about something in a vault. */
type NamedParams = z.ZodType<{ uid: z.output<typeof uidSchema>; name: string }>;

/** Parses a call. @throws {StrongroomError} `NotFound` if there is no such vault; {Refusal} `Forbidden` for others */
export async function beginCall<Body>(
  deps: ManageRouteDeps,
  request: FastifyRequest,
  params: NamedParams,
  body: z.ZodType<Body>,
): Promise<ManageCallOn<Body>> {
  const context = await asOperator(deps, request);
  const { uid, name } = params.parse(request.params);
  return { context, vault: requireVault(deps, uid), name, body: body.parse(request.body) };
}

/** Decides a call. @throws {Refusal} `StaleEpoch` if the lease has passed to another operator */
export async function actOnCall<T, Body extends { readonly epoch: number }>(
  deps: ManageRouteDeps,
  { context, vault, name, body }: ManageCallOn<Body>,
  operationName: string,
  work: (tx: LedgerTransaction) => Promise<Granted<T>>,
): Promise<T> {
  return await decide(deps.ledger, {
    context,
    operationName,
    properties: { vault: vault.uid, vaultName: vault.name, name },
    work: async (tx) => {
      await requireEpoch(tx, body.epoch);
      return await work(tx);
    },
  });
}

/** What is done before a decision because it takes long, and the decision. */
export interface PreparedCall<P, T> {
  readonly prepare: () => Promise<P>;
  readonly work: (tx: LedgerTransaction, prepared: P) => Promise<Granted<T>>;
}

/** Prepares and decides a call. A failed preparation is thrown inside the decision, so that it is recorded. */
export async function actOnPreparedCall<P, T, Body extends { readonly epoch: number }>(
  deps: ManageRouteDeps,
  call: ManageCallOn<Body>,
  operationName: string,
  { prepare, work }: PreparedCall<P, T>,
): Promise<T> {
  const [attempt] = await Promise.allSettled([prepare()]);
  return await actOnCall(deps, call, operationName, async (tx) => {
    if (attempt.status === "rejected") {
      throw attempt.reason;
    }
    return await work(tx, attempt.value);
  });
}

/** The caller as the operator. @throws {Refusal} `Forbidden` if it is somebody else */
export async function asOperator(
  deps: ManageRouteDeps,
  request: FastifyRequest,
): Promise<RequestContext> {
  const context = onInstallation(deps, request);
  if (!context.caller.installationRoles.includes("operator")) {
    const refusal = new Refusal("Forbidden", "only the operator manages vaults");
    return await refuse(deps.ledger, { context, operationName: "Manage" }, refusal);
  }
  return context;
}

/** A vault that is not deleted. @throws {StrongroomError} `NotFound` */
export function requireVault({ directory }: ManageRouteDeps, uid: string): Vault {
  const vault = directory.byUid(uid);
  if (vault === undefined || vault.deleted !== null) {
    throw new StrongroomError("NotFound", "there is no such vault");
  }
  return vault;
}
