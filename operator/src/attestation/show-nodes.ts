// SPDX-License-Identifier: Apache-2.0
/** Shows people what the vault's attestation authority last decided about each node, as AttestedNodes. */

import {
  type AttestedNodeStatus,
  apiVersion,
  attestedNodeKind,
  type NodeContest,
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
  if (node === undefined) {
    return;
  }
  const status = toNodeStatus(node, verdict);
  const before = node.status?.lastContested;
  const isWritten = await writeStatus(deps, { plural, kind }, node, status);
  const { contested } = verdict;
  if (isWritten && contested !== undefined && status.lastContested !== before) {
    await deps.record({
      ...{ regarding: node, type: "Warning", reason: contested.reason, action: "Enrol" },
      note: contests[contested.reason],
    });
  }
}

/** What a contest means, for people. */
const contests: Readonly<Record<NodeContest["reason"], string>> = {
  ClaimsBoundDevice: "the node claimed a device that is bound to another node, and was refused",
  DeviceClaimed: "another node claimed this node's device, and was refused",
  SecondDevice: "another device claimed to be this node, and was refused",
};

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
  { verdict, at, kind: evidence, contested, ...measured }: NodeVerdict,
): AttestedNodeStatus {
  const isGood = verdict === "Attested";
  const condition = isGood
    ? { ...ready(`the node's ${evidence} evidence was accepted`), reason: verdict }
    : notReady(verdict, `the node's ${evidence} evidence was refused; the audit log says why`);
  const { tier, class: trustClass, root, tcb, eventLog, device } = measured;
  const known = {
    kind: evidence,
    lastVerdict: toSeconds(at),
    ...(tier === undefined ? {} : { tier }),
    ...(trustClass === undefined ? {} : { class: trustClass }),
    ...(root === undefined ? {} : { root }),
    ...(tcb === undefined ? {} : { tcb }),
    ...(eventLog === undefined ? {} : { eventLog }),
    ...(device === undefined ? {} : { device }),
    ...(contested === undefined ? {} : { lastContested: toSeconds(contested.at) }),
  };
  const all = contested === undefined ? [condition] : [condition, toCondition(contested)];
  return withConditions<AttestedNodeStatus>(node, known, all, new Date(at));
}

function toCondition({ reason }: NodeContest) {
  return { type: "Contested", status: "True", reason, message: contests[reason] } as const;
}

function toSeconds(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
