// SPDX-License-Identifier: Apache-2.0
/** Management routes: what the operator may do to vaults. It writes; it never reads a value. */

import {
  kubernetesNameSchema,
  manageCallSchema,
  objectNameSchema,
  type PutPolicyResponse,
  type PutSecretRequest,
  type PutSecretResponse,
  putPolicyRequestSchema,
  putSecretRequestSchema,
  putVaultRequestSchema,
  routes,
  uidSchema,
} from "@strongroom/api";
import { StrongroomError } from "@strongroom/core";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { decide, type Granted, refuse } from "../audit/decide.ts";
import { Refusal, type RequestContext } from "../audit/event.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { manageVault, removeVault, type VaultManagementDeps } from "../manage/manage-vault.ts";
import { requireEpoch } from "../manage/operator-epoch.ts";
import { deletePolicy, putPolicy } from "../manage/put-policy.ts";
import { attributesOf, deleteSecret, generateValue, putSecret } from "../manage/put-secret.ts";
import { vaultStatus } from "../manage/vault-status.ts";
import { sealSecret } from "../secrets/write-secret.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { onInstallation, type RequestDeps } from "./request-context.ts";

/** What these routes work with. */
export interface ManageRouteDeps extends RequestDeps, VaultManagementDeps {
  readonly random: (bytes: number) => Promise<Uint8Array>;
}

const vaultParam = z.object({ uid: uidSchema });
const policyParam = vaultParam.extend({ name: kubernetesNameSchema });
const secretParam = vaultParam.extend({ name: objectNameSchema });

/** Registers the routes. */
export function registerManageRoutes(app: FastifyInstance, deps: ManageRouteDeps): void {
  registerVaultRoutes(app, deps);
  registerPolicyRoutes(app, deps);
  registerManagedSecretRoutes(app, deps);
}

function registerVaultRoutes(app: FastifyInstance, deps: ManageRouteDeps): void {
  app.put(routes.manageVault(":uid"), async (request) => {
    const context = await asOperator(deps, request);
    const { uid } = vaultParam.parse(request.params);
    return await manageVault(deps, context, uid, putVaultRequestSchema.parse(request.body));
  });
  app.get(routes.manageVault(":uid"), async (request) => {
    await asOperator(deps, request);
    return await vaultStatus(deps, requireVault(deps, vaultParam.parse(request.params).uid));
  });
  app.delete(routes.manageVault(":uid"), async (request) => {
    const context = await asOperator(deps, request);
    const { uid } = vaultParam.parse(request.params);
    return await removeVault(deps, context, uid, manageCallSchema.parse(request.body));
  });
}

function registerPolicyRoutes(app: FastifyInstance, deps: ManageRouteDeps): void {
  app.put(routes.managePolicy(":uid", ":name"), async (request): Promise<PutPolicyResponse> => {
    const call = await begin(deps, request, policyParam, putPolicyRequestSchema);
    return await act(deps, call, "ReleasePolicySet", async (tx) => {
      const result = await putPolicy(tx, {
        vaultUid: call.vault.uid,
        name: call.name,
        request: call.body,
      });
      return { result, properties: { policy: result.digest } };
    });
  });
  app.delete(routes.managePolicy(":uid", ":name"), async (request) => {
    const call = await begin(deps, request, policyParam, manageCallSchema);
    return await act(deps, call, "ReleasePolicyDelete", async (tx) => ({
      result: { deleted: await deletePolicy(tx, call.vault.uid, call.name) },
    }));
  });
}

function registerManagedSecretRoutes(app: FastifyInstance, deps: ManageRouteDeps): void {
  app.put(routes.manageSecret(":uid", ":name"), async (request) => {
    return await putManagedSecret(
      deps,
      await begin(deps, request, secretParam, putSecretRequestSchema),
    );
  });
  app.delete(routes.manageSecret(":uid", ":name"), async (request) => {
    const call = await begin(deps, request, secretParam, manageCallSchema);
    const { vault, name, body, context } = call;
    return await act(deps, call, "SecretDelete", async (tx) => ({
      result: {
        deleted: await deleteSecret(tx, { vault, name, at: context.at, owner: body.owner.uid }),
      },
    }));
  });
}

interface ManageCallOn<Body> {
  readonly context: RequestContext;
  readonly vault: Vault;
  readonly name: string;
  readonly body: Body;
}

async function putManagedSecret(
  deps: ManageRouteDeps,
  call: ManageCallOn<PutSecretRequest>,
): Promise<PutSecretResponse> {
  const { vault, name, body, context } = call;
  using value = await generateValue(deps.random, body.generate);
  const sealed = await sealSecret(deps.derive(vault), vault, name, value.reveal());
  const attributes = attributesOf(body);
  const result = await act(deps, call, "SecretSet", async (tx) => {
    const write = { vault, name, sealed, attributes, at: context.at, owner: body.owner.uid };
    const desired = await putSecret(tx, write);
    return { result: desired, properties: { version: desired.version, created: desired.created } };
  });
  const { version, created } = result;
  return { version, created, id: `https://${vault.hosts[0]}/secrets/${result.name}/${version}` };
}

async function begin<Body>(
  deps: ManageRouteDeps,
  request: FastifyRequest,
  params: z.ZodType<{ uid: string; name: string }>,
  body: z.ZodType<Body>,
): Promise<ManageCallOn<Body>> {
  const context = await asOperator(deps, request);
  const { uid, name } = params.parse(request.params);
  return { context, vault: requireVault(deps, uid), name, body: body.parse(request.body) };
}

async function act<T, Body extends { readonly epoch: number }>(
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

async function asOperator(deps: ManageRouteDeps, request: FastifyRequest): Promise<RequestContext> {
  const context = await onInstallation(deps, request);
  if (!context.caller.installationRoles.includes("operator")) {
    const refusal = new Refusal("Forbidden", "only the operator manages vaults");
    return await refuse(deps.ledger, { context, operationName: "Manage" }, refusal);
  }
  return context;
}

function requireVault(deps: ManageRouteDeps, uid: string): Vault {
  const vault = deps.directory.byUid(uid);
  if (vault === undefined || vault.deleted !== null) {
    throw new StrongroomError("NotFound", "there is no such vault");
  }
  return vault;
}
