// SPDX-License-Identifier: Apache-2.0
/** Management routes: what the operator may do to vaults. It writes; it never reads a value. */

import {
  kubernetesNameSchema,
  type ManageCall,
  manageCallSchema,
  maxNamedObjects,
  type PutPolicyRequest,
  type PutPolicyResponse,
  putPolicyRequestSchema,
  putVaultRequestSchema,
  routes,
  uidSchema,
} from "@strongroom/api";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Granted } from "../../audit/decide.ts";
import type { LedgerTransaction } from "../../ledger/ledger.ts";
import { listVaults } from "../../manage/list-vaults.ts";
import { manageVault, removeVault } from "../../manage/manage-vault.ts";
import { continuePolicy, deletePolicy, putPolicy } from "../../manage/put-policy.ts";
import { vaultStatus } from "../../manage/vault-status.ts";
import {
  makeSealingKey,
  readSealingKey,
  type SealingKeyRecord,
  writeSealingKey,
} from "../../sealing/sealing-key.ts";
import { registerManagedObjectRoutes } from "../objects/managed-object-routes.ts";
import {
  actOnCall,
  asOperator,
  beginCall,
  type ManageCallOn,
  type ManageRouteDeps,
  requireVault,
} from "./manage-call.ts";

const vaultParam = z.object({ uid: uidSchema });
const policyParam = vaultParam.extend({ name: kubernetesNameSchema });

/** Registers the routes. */
export function registerManageRoutes(app: FastifyInstance, deps: ManageRouteDeps): void {
  registerVaultRoutes(app, deps);
  registerPolicyRoutes(app, deps);
  registerManagedObjectRoutes(app, deps);
}

function registerVaultRoutes(app: FastifyInstance, deps: ManageRouteDeps): void {
  app.get(routes.manageVaults, async (request) => {
    await asOperator(deps, request);
    return listVaults(deps.directory);
  });
  app.put(routes.manageVault(":uid"), async (request) => {
    const context = await asOperator(deps, request);
    const { uid } = vaultParam.parse(request.params);
    return await manageVault(deps, context, uid, putVaultRequestSchema.parse(request.body));
  });
  app.get(routes.manageVault(":uid"), async (request) => {
    await asOperator(deps, request);
    return await vaultStatus(deps, requireVault(deps, vaultParam.parse(request.params).uid));
  });
  app.put(routes.manageSealingKey(":uid"), async (request) => {
    const context = await asOperator(deps, request);
    const vault = requireVault(deps, vaultParam.parse(request.params).uid);
    const call = {
      context,
      vault,
      body: manageCallSchema.parse(request.body),
      name: "sealing-key",
    };
    return { sealingKey: (await ensureSealingKey(deps, call)).key };
  });
  app.delete(routes.manageVault(":uid"), async (request) => {
    const context = await asOperator(deps, request);
    const { uid } = vaultParam.parse(request.params);
    return await removeVault(deps, context, uid, manageCallSchema.parse(request.body));
  });
}

async function ensureSealingKey(
  deps: ManageRouteDeps,
  call: ManageCallOn<ManageCall>,
): Promise<SealingKeyRecord> {
  const { uid } = call.vault;
  const known = await readSealingKey(deps.ledger, uid);
  if (known !== undefined) {
    return known;
  }
  const made = await makeSealingKey(deps.hsm, uid);
  return await actOnCall(deps, call, "SealingKeyCreate", async (tx) => {
    const result = await writeSealingKey(tx, uid, made);
    return { result, properties: { kid: result.key.kid } };
  });
}

// A transaction marks some hundred objects; the policy governs all of them from the first one on.
async function writePolicy(
  deps: ManageRouteDeps,
  call: ManageCallOn<PutPolicyRequest>,
): Promise<PutPolicyResponse> {
  const vaultUid = call.vault.uid;
  const act = <T>(work: (tx: LedgerTransaction) => Promise<Granted<T>>) =>
    actOnCall(deps, call, "ReleasePolicySet", work);
  const { record, response, next } = await act(async (tx) => {
    const trusted = deps.trustedAuthorities();
    const write = { vaultUid, name: call.name, request: call.body, trusted };
    const result = await putPolicy(tx, write);
    return { result, properties: { policy: result.record.digest } };
  });
  let { objects, names } = response;
  for (let place = next; place !== undefined; ) {
    const from = place;
    const step = await act(async (tx) => {
      const result = await continuePolicy(tx, vaultUid, record, from);
      return { result, properties: { policy: record.digest, from: from.kind } };
    });
    objects += step.governed;
    names = [...names, ...step.names].slice(0, maxNamedObjects);
    place = step.next;
  }
  return { ...response, objects, names };
}

function registerPolicyRoutes(app: FastifyInstance, deps: ManageRouteDeps): void {
  app.put(routes.managePolicy(":uid", ":name"), async (request): Promise<PutPolicyResponse> => {
    const call = await beginCall(deps, request, policyParam, putPolicyRequestSchema);
    return await writePolicy(deps, call);
  });
  app.delete(routes.managePolicy(":uid", ":name"), async (request) => {
    const call = await beginCall(deps, request, policyParam, manageCallSchema);
    return await actOnCall(deps, call, "ReleasePolicyDelete", async (tx) => ({
      result: { deleted: await deletePolicy(tx, call.vault.uid, call.name) },
    }));
  });
}
