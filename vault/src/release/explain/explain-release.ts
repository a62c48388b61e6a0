// SPDX-License-Identifier: Apache-2.0
/** What a release would decide for a pod on a node, by the very code that decides releases, and what each policy says. */

import type {
  ExplainedItem,
  ExplainedPolicy,
  ExplainRequest,
  ExplainResponse,
} from "@strongroom/api";
import {
  isStrongroomError,
  type Principal,
  type ReferenceValues,
  reportDecision,
  type StrongroomError,
} from "@strongroom/core";
import type { VerifiedNode } from "../../attestation/node-verdicts.ts";
import type { RecordReader } from "../../ledger/ledger.ts";
import { readRoles } from "../../roles/role-records.ts";
import { roleAssignments } from "../../vaults/access.ts";
import type { Vault } from "../../vaults/vault-record.ts";
import type { VerifiedTarget } from "../attestation-token/verified-target.ts";
import {
  decideObject,
  type ItemDecision,
  missingRight,
  policyQuestion,
  type ReleaseEnvironment,
} from "../decide-item.ts";
import { judgePolicies, type PolicyJudgement } from "../decide-policies.ts";
import {
  type AskedObject,
  type FoundObject,
  type OwnPolicy,
  ownPolicyOf,
  releasableOf,
} from "../releasable.ts";

/** What is explained, and with what. */
export interface Explanation {
  readonly vault: Vault;
  readonly request: ExplainRequest;
  readonly node: VerifiedNode;
  /** Issuer of the cluster's ServiceAccounts. */
  readonly clusterIssuer: string;
  readonly references: ReferenceValues;
  readonly at: Date;
}

/** Characters of all policies in one answer: thousands of conditions. */
const maxReported = 1_048_576;

/** Explains. Nothing is opened, and nothing is written. */
export async function explainRelease(
  tx: RecordReader,
  { vault, request, node, clusterIssuer, references, at }: Explanation,
): Promise<ExplainResponse> {
  const environment = { vault, references, at, target: targetOf(node) };
  const { serviceAccount } = request;
  const principal = serviceAccount && (await principalOf(tx, vault, clusterIssuer, serviceAccount));
  const assignments = await roleAssignments(tx, vault);
  const items: ExplainedItem[] = [];
  const room = { left: maxReported };
  for (const item of request.items) {
    const asked = askedOf(item);
    const caller = principal && { principal, circumstances: { at } };
    const forbidden =
      caller && missingRight({ assignments, caller }, releasableOf(asked), item.name);
    const decision = await decideObject(tx, environment, asked);
    const outcome = forbidden === undefined ? outcomeOf(decision) : forbiddenBy(forbidden);
    items.push({
      ...item,
      ...outcome,
      policies: await policiesOf(tx, environment, { asked, decision, room }),
    });
  }
  const { claims, lastVerdict, kind } = node;
  const about = { name: node.nodeName, uid: node.nodeUid, kind, lastVerdict };
  return {
    node: { ...about, attested: claims.iat, expires: claims.exp },
    items,
    truncated: room.left === 0,
  };
}

// Whether a data key can be unwrapped only trying it says, which nothing is for here.
function askedOf({ unwrap, ...item }: ExplainRequest["items"][number]): AskedObject {
  return { ...item, ...(unwrap && { unwrap: { alg: unwrap, value: "" } }) };
}

function targetOf({ claims, nodeUid }: VerifiedNode): VerifiedTarget {
  return {
    ...{ issuer: claims.iss, isOwn: true, claims, digest: "" },
    ...{ binding: { kind: "node", nodeUid }, proofKey: undefined },
  };
}

// The account that a name stands for is the one that the vault's roles know; any other of the name has no rights.
async function principalOf(
  tx: RecordReader,
  vault: Vault,
  issuer: string,
  { namespace, name }: NonNullable<ExplainRequest["serviceAccount"]>,
): Promise<Principal> {
  const subject = `system:serviceaccount:${namespace}:${name}`;
  const { accounts } = await readRoles(tx, vault.uid);
  const bound = namespace === vault.namespace ? accounts[name] : undefined;
  const named = (await roleAssignments(tx, vault)).resources
    .flatMap(({ principals }) => principals)
    .find((one) => one.issuer === issuer && one.subject === subject);
  return { issuer, subject, accountUid: bound ?? named?.accountUid ?? "unknown" };
}

type Outcome = Pick<ExplainedItem, "result" | "class" | "reasons">;

function outcomeOf(decision: ItemDecision): Outcome {
  return decision.kind === "granted"
    ? { result: "granted", reasons: [] }
    : { result: "denied", class: decision.class, reasons: [...decision.reasons] };
}

function forbiddenBy({ message }: StrongroomError): Outcome {
  return { result: "denied", class: "Forbidden", reasons: [message] };
}

interface PoliciesQuestion {
  readonly asked: AskedObject;
  readonly decision: ItemDecision;
  readonly room: Room;
}

/** Characters that are left for policies. */
interface Room {
  left: number;
}

// All of them, where a release ends with the first that refuses.
async function policiesOf(
  tx: RecordReader,
  environment: ReleaseEnvironment,
  { asked, decision, room }: PoliciesQuestion,
): Promise<ExplainedPolicy[]> {
  if (decision.kind === "denied" && decision.class !== "PolicyDenied") {
    return [];
  }
  const object = await releasableOf(asked).find(tx, environment.vault, asked);
  const question = policyQuestion(environment, object, understoodPolicyOf(object));
  const policies: ExplainedPolicy[] = [];
  for await (const { name, ...judgement } of judgePolicies(tx, question)) {
    if (name !== undefined) {
      policies.push(...fit({ name, ...explained(judgement) }, room));
    }
    if (room.left === 0) {
      break;
    }
  }
  return policies;
}

// One that is not understood has denied the object, and its reason is there already.
function understoodPolicyOf(object: FoundObject): OwnPolicy | undefined {
  try {
    return ownPolicyOf(object);
  } catch (error) {
    if (!isStrongroomError(error, "PolicyDenied")) {
      throw error;
    }
    return undefined;
  }
}

/** The policy as much of it as there is room for; where it is not all, there is no room for more. */
function fit(policy: ExplainedPolicy, room: Room): readonly ExplainedPolicy[] {
  const { authorities: _, ...short } = policy;
  for (const one of [policy, short]) {
    const { length } = JSON.stringify(one);
    if (length < room.left) {
      room.left = one === policy ? room.left - length : 0;
      return [one];
    }
  }
  room.left = 0;
  return [];
}

function explained({ refused, decision }: PolicyJudgement): Omit<ExplainedPolicy, "name"> {
  return {
    ...{ allowed: refused.length === 0, reasons: [...refused] },
    ...(decision && { authorities: [...reportDecision(decision)] }),
  };
}
