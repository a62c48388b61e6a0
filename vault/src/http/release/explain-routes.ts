// SPDX-License-Identifier: Apache-2.0
/** The route that explains releases: what would be decided for a pod on a node, without releasing anything. */

import {
  type ExplainResponse,
  explainRequestSchema,
  type ObjectKind,
  routes,
} from "@strongroom/api";
import type { DataAction, ReferenceValues } from "@strongroom/core";
import type { FastifyInstance } from "fastify";
import type { NodeVerdicts } from "../../attestation/node-verdicts.ts";
import { decide } from "../../audit/decide.ts";
import { Refusal } from "../../audit/event.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { VaultNaming } from "../../manage/put-vault.ts";
import { explainRelease } from "../../release/explain/explain-release.ts";
import { requireAccess } from "../../vaults/access.ts";
import { onVault, type RequestDeps } from "../request-context.ts";

/** What the route works with. */
export interface ExplainRouteDeps extends RequestDeps {
  readonly ledger: Ledger;
  readonly verdicts: Pick<NodeVerdicts, "claimsOf">;
  readonly naming: Pick<VaultNaming, "clusterIssuer">;
  readonly references: () => ReferenceValues;
}

/** Who reads an object's metadata may hear why it is not released. */
const readActions: Readonly<Record<ObjectKind, DataAction>> = {
  secrets: "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
  keys: "Microsoft.KeyVault/vaults/keys/read",
  certificates: "Microsoft.KeyVault/vaults/certificates/read",
};

/** Registers the route. */
export function registerExplainRoutes(app: FastifyInstance, deps: ExplainRouteDeps): void {
  app.post(routes.explain, async (request): Promise<ExplainResponse> => {
    const { context, vault } = onVault(deps, request);
    const body = explainRequestSchema.parse(request.body);
    const { node: asked, serviceAccount, items } = body;
    const objects = items.map(({ kind, name }) => `${kind}/${name}`);
    const { clusterIssuer } = deps.naming;
    return await decide(deps.ledger, {
      ...{ context, operationName: "ReleaseExplain" },
      properties: {
        ...{ vault: vault.uid, vaultName: vault.name, node: asked, objects },
        ...(serviceAccount && { serviceAccount }),
      },
      work: async (tx) => {
        for (const { kind, name } of items) {
          const question = {
            action: readActions[kind],
            via: "api",
            object: `${kind}/${name}`,
          } as const;
          await requireAccess(tx, vault, context.caller, question);
        }
        const node = deps.verdicts.claimsOf(asked);
        if (node === undefined) {
          const message = "no node of that name or uid has attested since the vault started";
          throw new Refusal("NotFound", message);
        }
        const references = deps.references();
        const explanation = {
          vault,
          request: body,
          node,
          clusterIssuer,
          references,
          at: context.at,
        };
        const result = await explainRelease(tx, explanation);
        return { result, properties: { results: result.items.map(({ result }) => result) } };
      },
    });
  });
}
