// SPDX-License-Identifier: Apache-2.0
/** `strongroom node`: which device is bound to which node, and freeing a binding. */

import type { EnrolledNode } from "@strongroom/api";
import { createVaultClient } from "@strongroom/client";
import type { AddCommand, CommandContext } from "../command-context.ts";
import { type ConnectionOptions, readConnection, withConnection } from "../connection.ts";
import { CommandError, say } from "../terminal.ts";

/** Adds the group. */
export const addNodeCommand: AddCommand = (program, context) => {
  const group = program.command("node").description("enrolled nodes, for administrators");
  withConnection(group.command("list").description("list every node with its device")).action(
    async (options: ConnectionOptions) => await list(context, options),
  );
  withConnection(
    group
      .command("forget <node>")
      .description("free a node, by name or uid, and its device: either may be enrolled anew"),
  ).action(async (node: string, options: ConnectionOptions) => {
    await forget(context, options, node);
  });
};

async function list({ stdout }: CommandContext, options: ConnectionOptions): Promise<void> {
  using client = createVaultClient(await readConnection(options));
  for (const node of (await client.enrolledNodes()).nodes) {
    const { nodeName, nodeUid, device, root } = node;
    stdout.write(`${nodeName}\t${nodeUid}\t${device}\t${root} (${node.class})\n`);
  }
}

async function forget(
  context: CommandContext,
  options: ConnectionOptions,
  wanted: string,
): Promise<void> {
  using client = createVaultClient(await readConnection(options));
  const { nodeName, nodeUid, device } = await client.forgetNode(
    choose((await client.enrolledNodes()).nodes, wanted).nodeUid,
  );
  say(context, `node ${nodeName} (${nodeUid}) and device ${device} are free`);
}

// A node that was made anew has its old one's name: which of the two is meant only the uid can say.
function choose(nodes: readonly EnrolledNode[], wanted: string): EnrolledNode {
  const found = nodes.filter(({ nodeName, nodeUid }) => [nodeName, nodeUid].includes(wanted));
  const [node, another] = found;
  if (node === undefined) {
    throw new CommandError("NotFound", `no device is bound to a node ${wanted}`);
  }
  if (another !== undefined) {
    const uids = found.map(({ nodeUid }) => nodeUid).join(", ");
    throw new CommandError(
      "BadParameter",
      `several nodes were named ${wanted}`,
      `give one of ${uids}`,
    );
  }
  return node;
}
