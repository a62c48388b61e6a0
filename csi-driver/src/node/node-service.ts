// SPDX-License-Identifier: Apache-2.0
/** CSI's Node service of a plugin with ephemeral volumes. CSI 1.12, Node Service RPC. */

import type { NodeHandlers } from "../generated/csi/v1/Node.ts";
import { unary } from "../grpc/unary.ts";
import { publish } from "./publish.ts";
import type { PublishDeps } from "./publish-deps.ts";
import { unpublish } from "./unpublish.ts";

/** Handlers for one node, whose name becomes the node id. */
export function createNodeService(deps: PublishDeps): NodeHandlers {
  const { log, metrics, book, nodeName } = deps;
  return {
    NodePublishVolume: unary(log, "NodePublishVolume", async (call, context) => {
      await publish(deps, call, context);
      metrics.volumes(book.count);
      return {};
    }),
    NodeUnpublishVolume: unary(log, "NodeUnpublishVolume", async (call) => {
      await unpublish(deps, call);
      metrics.volumes(book.count);
      return {};
    }),
    NodeGetCapabilities: unary(log, "NodeGetCapabilities", async () => ({
      capabilities: [{ rpc: { type: "VOLUME_MOUNT_GROUP" as const } }],
    })),
    NodeGetInfo: unary(log, "NodeGetInfo", async () => ({ nodeId: nodeName })),
  };
}
