// SPDX-License-Identifier: Apache-2.0
/** Azure Attestation's route by which the authority's rules are read. None writes them: they are a resource, or the vault's file. */

import { evidenceKindSchema, routes } from "@strongroom/api";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { RulesSource } from "../../attestation/rules/rules-source.ts";
import { issuePolicy } from "../../attestation/token/issue-policy.ts";
import type { Authority } from "../../attestation/token/token-authority.ts";
import { decide } from "../../audit/decide.ts";
import { Refusal } from "../../audit/event.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { onInstallation, type RequestDeps } from "../request-context.ts";

/** What the route works with. */
export interface PolicyRouteDeps extends RequestDeps {
  readonly authority: Authority;
  readonly rules: Pick<RulesSource, "current">;
  readonly ledger: Ledger;
}

/** Kinds of evidence as the routes of attestation name them: one set of rules is for all. */
const typeParam = z.object({
  type: z.enum([...evidenceKindSchema.options, "OpenEnclave"]),
});

/** Who may know which hardware is believed: those who are answerable for it. */
const readers = ["administrator", "auditor"] as const;

/** Registers the route. */
export function registerPolicyRoutes(app: FastifyInstance, deps: PolicyRouteDeps): void {
  app.get(routes.attestationPolicy(":type"), async (request) => {
    const context = onInstallation(deps, request);
    const rules = await decide(deps.ledger, {
      ...{ context, operationName: "AttestationPolicyGet" },
      work: async () => {
        if (!readers.some((role) => context.caller.installationRoles.includes(role))) {
          throw new Refusal(
            "Forbidden",
            "only an administrator or auditor of the installation may",
          );
        }
        typeParam.parse(request.params);
        const current = deps.rules.current();
        return { result: current, properties: { policyHash: current.policyHash } };
      },
    });
    return { token: await issuePolicy(deps.authority, rules, context.at) };
  });
}
