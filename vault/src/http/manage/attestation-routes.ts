// SPDX-License-Identifier: Apache-2.0
/** Management routes of the attestation authority: its rules, and what it decided about nodes. */

import {
  deleteAuthorityRequestSchema,
  type NodeVerdictList,
  type PutAuthorityResponse,
  putAuthorityRequestSchema,
  routes,
} from "@strongroom/api";
import type { FastifyInstance } from "fastify";
import type { NodeVerdicts } from "../../attestation/node-verdicts.ts";
import type { RulesSource } from "../../attestation/rules/rules-source.ts";
import { decide } from "../../audit/decide.ts";
import { requireEpoch } from "../../manage/operator-epoch.ts";
import { asOperator, type ManageRouteDeps } from "./manage-call.ts";

/** What these routes work with. */
export interface ManageAttestationDeps extends ManageRouteDeps {
  readonly rules: RulesSource;
  readonly verdicts: NodeVerdicts;
}

/** Registers the routes. */
export function registerManageAttestationRoutes(
  app: FastifyInstance,
  deps: ManageAttestationDeps,
): void {
  const { ledger, rules } = deps;
  app.put(routes.manageAttestation, async (request): Promise<PutAuthorityResponse> => {
    const context = await asOperator(deps, request);
    const { epoch, owner, spec } = putAuthorityRequestSchema.parse(request.body);
    const change = await decide(ledger, {
      ...{ context, operationName: "AttestationAuthoritySet", properties: { owner: owner.uid } },
      work: async (tx) => {
        await requireEpoch(tx, epoch);
        const result = await rules.put(tx, spec);
        return { result, properties: { policyHash: result.rules.policyHash } };
      },
    });
    change.adopt();
    return { policyHash: change.rules.policyHash };
  });
  app.delete(routes.manageAttestation, async (request) => {
    const context = await asOperator(deps, request);
    const { epoch } = deleteAuthorityRequestSchema.parse(request.body);
    const change = await decide(ledger, {
      ...{ context, operationName: "AttestationAuthorityDelete" },
      work: async (tx) => {
        await requireEpoch(tx, epoch);
        return { result: await rules.remove(tx) };
      },
    });
    change?.adopt();
    return { deleted: change !== undefined };
  });
  app.get(routes.manageNodes, async (request): Promise<NodeVerdictList> => {
    const { at } = await asOperator(deps, request);
    return { nodes: [...deps.verdicts.all(at)] };
  });
}
