// SPDX-License-Identifier: Apache-2.0
/** Routes of enrolled nodes: which device is which node, and freeing both, for the installation's administrators. */

import {
  type EnrolledNode,
  type EnrolledNodes,
  maxListedNodes,
  routes,
  uidSchema,
} from "@strongroom/api";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import {
  type EnrolledDevice,
  enrolledDevices,
  forgetNode,
} from "../../attestation/enrolment-records.ts";
import type { NodeVerdicts } from "../../attestation/node-verdicts.ts";
import { decide } from "../../audit/decide.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { RequestDeps } from "../request-context.ts";
import { asAdministrator } from "./as-administrator.ts";

/** What these routes work with. */
export interface NodeRouteDeps extends RequestDeps {
  readonly ledger: Ledger;
  readonly verdicts: Pick<NodeVerdicts, "settled">;
}

const nodeParam = z.object({ uid: uidSchema });

/** Registers the routes. */
export function registerNodeRoutes(app: FastifyInstance, deps: NodeRouteDeps): void {
  app.get(routes.enrolledNodes, async (request): Promise<EnrolledNodes> => {
    const operationName = "NodeList";
    const context = await asAdministrator(deps, request, operationName);
    const work = async () => ({ result: await enrolledDevices(deps.ledger, maxListedNodes) });
    return { nodes: (await decide(deps.ledger, { context, operationName, work })).map(toNode) };
  });
  app.delete(routes.enrolledNode(":uid"), async (request): Promise<EnrolledNode> => {
    const operationName = "NodeForget";
    const context = await asAdministrator(deps, request, operationName);
    const { uid } = nodeParam.parse(request.params);
    const forgotten = await decide(deps.ledger, {
      ...{ context, operationName, properties: { nodeUid: uid } },
      work: async (tx) => {
        const result = await forgetNode(tx, uid);
        return { result, properties: { device: result.device, nodeName: result.nodeName } };
      },
    });
    deps.verdicts.settled(uid);
    return toNode(forgotten);
  });
}

function toNode({ nodeName, nodeUid, device, root }: EnrolledDevice): EnrolledNode {
  return { nodeName, nodeUid, device, root: root.name, class: root.class };
}
