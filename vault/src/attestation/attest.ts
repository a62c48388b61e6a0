// SPDX-License-Identifier: Apache-2.0
/** Attestation: evidence verified under the rules in force, nonce spent, device bound, and a token that says what is so. */

import type { RuntimeData } from "@strongroom/api";
import { sha256, toHex } from "@strongroom/core";
import { decideWithHead, type Granted } from "../audit/decide.ts";
import { Refusal, type RequestContext } from "../audit/event.ts";
import type { BoundPod } from "../identity/caller.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { accept, requireNode, rulesFor } from "./accept-verdict.ts";
import type { AuthorityDeps } from "./authority-deps.ts";
import { raiseConflict } from "./enrolment-conflict.ts";
import { type Bound, boundDevice, toReplaced } from "./enrolment-records.ts";
import type { Appraisal, AppraisedRoot, Evidence } from "./evidence/evidence.ts";
import type { AcceptedNode } from "./node-verdicts.ts";
import { checkNonce } from "./nonce.ts";
import type { AttestationRules } from "./rules/attestation-rules.ts";
import { withReferences } from "./rules/references.ts";
import { type FoundRuntimeData, findRuntimeData } from "./runtime-data.ts";
import {
  type AttestedNode,
  issueToken,
  type TokenContent,
  tokenClaims,
} from "./token/issue-token.ts";

/** Verifies evidence; answers its token. @throws {Refusal} with the class of what is wrong. */
export async function attest(
  deps: AuthorityDeps,
  context: RequestContext,
  evidence: Evidence,
): Promise<string> {
  const found = findRuntimeData(evidence.runtimeData);
  const node =
    found.kind === "challenged" ? await requireNode(deps.ledger, context, "NodeAttest") : undefined;
  try {
    const decided = await decideEvidence(deps, { context, evidence, found, node });
    const claims = tokenClaims(deps.authority, decided.content, context.at);
    const token = await issueToken(deps.authority, claims);
    report(deps, { context, evidence, node }, { ...decided, claims, token });
    return token;
  } catch (error) {
    if (node !== undefined) {
      deps.verdicts.refused(node, evidence.kind, error, context.at);
      raiseConflict(deps, node, error, context.at);
    }
    throw error;
  }
}

interface Attempt {
  readonly context: RequestContext;
  readonly evidence: Evidence;
  readonly found: FoundRuntimeData;
  /** Of evidence with a nonce of ours. */
  readonly node: BoundPod | undefined;
}

interface Decided {
  readonly content: TokenContent;
  readonly root: AppraisedRoot;
  readonly device: string | undefined;
}

async function decideEvidence(deps: AuthorityDeps, attempt: Attempt): Promise<Decided> {
  const { context, evidence } = attempt;
  // With a head: a nonce stays used even if somebody cuts off the log's last second.
  const { result } = await decideWithHead(deps.ledger, {
    context,
    operationName: "NodeAttest",
    properties: { kind: evidence.kind, evidence: toHex(evidence.digest) },
    work: (tx) => decideIn(tx, deps, attempt),
  });
  return result;
}

async function decideIn(
  tx: LedgerTransaction,
  deps: AuthorityDeps,
  { context, evidence, found, node }: Attempt,
): Promise<Granted<Decided>> {
  const rules = rulesFor(deps, evidence.kind);
  const challenged =
    found.kind === "challenged" && node !== undefined
      ? { node, runtime: found.read() }
      : requireUnchallenged(rules);
  const appraisal = accept(
    await evidence.verify({
      ...{ tx, rules, at: context.at, nodeUid: node?.nodeUid },
      binding: sha256(evidence.runtimeData.bytes),
    }),
  );
  const claims = accept(withReferences(appraisal.claims, evidence.kind, rules));
  const binding = challenged && (await bind(tx, deps, { context, rules, appraisal, challenged }));
  const attested = challenged &&
    binding && { ...challenged, node: toNode(challenged.node, binding) };
  const requested = found.kind === "unchallenged" ? found.claims : {};
  const content: TokenContent = {
    ...{ rules, claims, requested: { ...evidence.requested, ...requested } },
    ...(attested && { challenged: attested }),
  };
  const { root } = appraisal;
  const device = attested?.node.device?.id;
  const properties = {
    ...{ root: toRoot(root), claims },
    ...(device && { device }),
    ...toReplaced(binding?.bound),
  };
  return { result: { content, root, device }, properties };
}

function requireUnchallenged({ spec }: AttestationRules): undefined {
  if (spec.unchallenged !== "Allow") {
    throw new Refusal("NonceInvalid", "the runtime data has no nonce of this authority");
  }
}

interface Binding {
  readonly context: RequestContext;
  readonly rules: AttestationRules;
  readonly appraisal: Appraisal;
  readonly challenged: { readonly node: BoundPod; readonly runtime: RuntimeData };
}

interface NodeBinding {
  /** Where the kind has a device. */
  readonly bound: Bound | undefined;
  readonly challengedAt: AttestedNode["challengedAt"];
}

function toNode(
  { nodeName, nodeUid }: BoundPod,
  { bound, challengedAt }: NodeBinding,
): AttestedNode {
  return {
    ...{ name: nodeName, uid: nodeUid, challengedAt },
    ...(bound && { device: { id: bound.device.device, enrolment: bound.device.enrolment } }),
  };
}

// After verification: what is refused spends nothing and binds nothing.
async function bind(
  tx: LedgerTransaction,
  { challengeKey }: AuthorityDeps,
  { context, rules, appraisal, challenged }: Binding,
): Promise<NodeBinding> {
  const { nodeName, nodeUid } = challenged.node;
  const moment = { at: context.at, lifetime: rules.spec.nonceLifetimeSeconds * 1000 };
  const holder = holderOf(context, challenged.node);
  const nonce = checkNonce(challengeKey, challenged.runtime.nonce, holder, moment);
  const bound =
    appraisal.device === undefined
      ? undefined
      : await boundDevice(
          tx,
          { nodeName, nodeUid, device: appraisal.device, root: appraisal.root },
          rules.spec,
        );
  if (!(await tx.spend(nonce.spendId, nonce.expiresAt))) {
    throw new Refusal("NonceInvalid", "the nonce was used before");
  }
  return { bound, challengedAt: nonce.made };
}

function report(
  { log, verdicts }: AuthorityDeps,
  { context, evidence, node }: Omit<Attempt, "found">,
  { claims, token, root, device }: Decided & Pick<AcceptedNode, "claims" | "token">,
): void {
  const { kind } = evidence;
  if (node !== undefined) {
    verdicts.accepted(node, {
      kind,
      claims,
      token,
      root: root.fingerprint,
      device,
      at: context.at,
    });
  }
  log.info(node === undefined ? "evidence without a nonce accepted" : "node attested", {
    ...{ kind, class: root.class, name: root.name },
    ...(node && { node: node.nodeName }),
    ...(device && { device }),
  });
}

/** Whom a nonce is made for. */
export function holderOf(context: RequestContext, node: BoundPod) {
  return { subject: context.caller.principal.subject, nodeUid: node.nodeUid };
}

// A vendor's root has more members than its name.
function toRoot({ name, class: trustClass, fingerprint }: AppraisedRoot) {
  return { class: trustClass, fingerprint, name };
}
