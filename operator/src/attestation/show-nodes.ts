// SPDX-License-Identifier: Apache-2.0
/** Shows people what the vault's attestation authority last decided about each node, as AttestedNodes. */

import {
  type AttestedNodeStatus,
  apiVersion,
  attestedNodeKind,
  type NodeVerdict,
} from "@strongroom/api";
import type { KubeObject, Reconcile } from "@strongroom/kube";
import type { OperatorDeps } from "../operator-deps.ts";
import { type AttestedNode, attestedNodes } from "../resource.ts";
import { notReady, ready, withConditions } from "../status.ts";
import { writeStatus } from "../write-status.ts";

/** Time between two looks. */
const lookMs = 30_000;

/** The one key of this reconciler. */
export const allNodes = "all/nodes";

const { kind, plural } = attestedNodeKind;

/** Makes the reconciler. */
export function createNodeShower(deps: OperatorDeps): Reconcile {
  return async () => {
    const { nodes } = await deps.manage.nodeVerdicts();
    for (const verdict of nodes) {
      await show(deps, verdict);
    }
    return { requeueAfterMs: lookMs };
  };
}

async function show(deps: OperatorDeps, verdict: NodeVerdict): Promise<void> {
  const known = deps.attestedNodes.get(`/${verdict.nodeName}`);
  const node = known !== undefined && isAbout(known, verdict) ? known : await create(deps, verdict);
  if (node !== undefined) {
    await writeStatus(deps, { plural, kind }, node, toNodeStatus(node, verdict));
  }
}

function isAbout({ spec }: AttestedNode, { nodeUid }: NodeVerdict): boolean {
  return typeof spec === "object" && spec !== null && "nodeUid" in spec && spec.nodeUid === nodeUid;
}

// A node that is gone is shown no more: what belonged to it goes with it, by its owner reference.
async function create(
  { kube }: OperatorDeps,
  { nodeName: name, nodeUid }: NodeVerdict,
): Promise<AttestedNode | undefined> {
  const node = await kube.get<KubeObject>({ apiVersion: "v1", plural: "nodes", name });
  if (node?.metadata.uid !== nodeUid) {
    return undefined;
  }
  const owner = { apiVersion: "v1", kind: "Node", name, uid: nodeUid };
  return await kube.apply<AttestedNode>(
    { ...attestedNodes, name },
    { apiVersion, kind, metadata: { name, ownerReferences: [owner] }, ...{ spec: { nodeUid } } },
  );
}

/** The status of a node. Pure. */
export function toNodeStatus(
  node: AttestedNode,
  { verdict, at, kind: evidence, tier, class: trustClass, root, tcb, device }: NodeVerdict,
): AttestedNodeStatus {
  const seen = new Date(at);
  const isGood = verdict === "Attested";
  const condition = isGood
    ? { ...ready(`the node's ${evidence} evidence was accepted`), reason: verdict }
    : notReady(verdict, `the node's ${evidence} evidence was refused; the audit log says why`);
  const known = {
    kind: evidence,
    lastVerdict: `${seen.toISOString().slice(0, 19)}Z`,
    ...(tier === undefined ? {} : { tier }),
    ...(trustClass === undefined ? {} : { class: trustClass }),
    ...(root === undefined ? {} : { root }),
    ...(tcb === undefined ? {} : { tcb }),
    ...(device === undefined ? {} : { device }),
  };
  return withConditions<AttestedNodeStatus>(node, known, [condition], seen);
}
