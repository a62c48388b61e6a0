// SPDX-License-Identifier: Apache-2.0
/**
 * Release: hands objects, encrypted to a key that the evidence vouches for, to an authorised pod on an attested node.
 *
 * The order of the checks is part of the contract: token authentic and fresh; pod token authentic and its node the
 * attested node; proof of possession; role; policies of each object.
 */

import type { X509Certificate } from "node:crypto";
import {
  type ReleaseItem,
  type ReleasePayload,
  type ReleaseRequest,
  type ReleaseResponse,
  releaseType,
} from "@strongroom/api";
import type { DeriveSubkey, JsonValue } from "@strongroom/core";
import { type Authority, type VerifiedTarget, verifyTarget } from "../attestation/token.ts";
import { decideWithHead, recordUndone } from "../audit/decide.ts";
import { Refusal, type RequestContext } from "../audit/event.ts";
import type { BoundPod } from "../identity/caller.ts";
import type { CertifiedKey } from "../installation/installation-keys.ts";
import { signJws } from "../installation/jws.ts";
import type { CommittedWithHead, Ledger, LedgerTransaction } from "../ledger/ledger.ts";
import { roleAssignments } from "../vaults/access.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { type Answer, answerItem, type DecidedItem } from "./answer-item.ts";
import { decideItem } from "./decide-item.ts";
import { verifyProof } from "./proof.ts";

/** What a release works with. */
export interface ReleaseDeps {
  readonly ledger: Ledger;
  readonly authority: Authority;
  readonly derive: (vault: Vault) => DeriveSubkey;
  readonly releaseKey: () => Promise<CertifiedKey>;
  /** Certificate of the release root, which node plugins pin. */
  readonly releaseRoot: X509Certificate;
}

/** One release as it came in. */
export interface ReleaseCall {
  readonly context: RequestContext;
  readonly vault: Vault;
  readonly request: ReleaseRequest;
  readonly rawBody: Uint8Array;
  readonly proof: string | undefined;
  readonly path: string;
  /** `https://HOST` as the caller addressed the vault; object ids begin with it. */
  readonly origin: string;
}

interface Decided {
  readonly items: readonly DecidedItem[];
  readonly jti: string;
  readonly target: VerifiedTarget;
  readonly pod: BoundPod;
}

/** Decides, records, encrypts and signs. @throws {Refusal} where the caller as a whole is refused. */
export async function release(deps: ReleaseDeps, call: ReleaseCall): Promise<ReleaseResponse> {
  const { vault, context, request } = call;
  const committed = await decideWithHead(deps.ledger, {
    context,
    operationName: "SecretRelease",
    properties: { vault: vault.uid, vaultName: vault.name, objects: request.items.map(nameOf) },
    work: async (tx) => {
      const decided = await decideCall(deps, call, tx);
      return { result: decided, properties: auditProperties(decided) };
    },
  });
  try {
    return await answer(deps, call, committed);
  } catch (error) {
    const { log, index } = committed;
    const properties = { vault: vault.uid, undone: { log, index } };
    await recordUndone(deps.ledger, { context, operationName: "SecretRelease", properties }, error);
    throw error;
  }
}

// The values are opened and encrypted after the leaf: what cannot be is not handed out, and has a leaf that says so.
async function answer(
  deps: ReleaseDeps,
  { context, vault, origin }: ReleaseCall,
  { result: decided, head, proof }: CommittedWithHead<Decided>,
): Promise<ReleaseResponse> {
  const { target, jti } = decided;
  const answers: Answer[] = [];
  for (const item of decided.items) {
    answers.push(await answerItem(deps, { vault, origin, target, jti }, item));
  }
  const { log, size, root } = head;
  const statement: ReleasePayload = {
    jti,
    iat: Math.floor(context.at.getTime() / 1000),
    pod: { uid: decided.pod.podUid },
    vault: { uid: vault.uid, name: vault.name },
    items: answers.map((answer) => answer.statement),
    head: { log, size, root },
  };
  return {
    release: await signStatement(deps, statement),
    items: answers.map(({ jwe }) => (jwe === undefined ? {} : { jwe })),
    head,
    proof: { ...proof, path: [...proof.path] },
  };
}

async function decideCall(
  deps: ReleaseDeps,
  call: ReleaseCall,
  tx: LedgerTransaction,
): Promise<Decided> {
  const { context, vault, request } = call;
  const { caller, at } = context;
  const target = await verifyTarget(deps.authority, request.target, at);
  const pod = caller.bound;
  if (pod === undefined || pod.nodeUid !== target.nodeUid) {
    throw new Refusal("NodeMismatch", "the bearer token is not of a pod on the attested node");
  }
  const proven = {
    vaultUid: vault.uid,
    method: "POST",
    path: call.path,
    tokenHash: caller.tokenHash,
    target: request.target,
    body: call.rawBody,
  };
  const proof = await verifyProof(call.proof, target.proofKey, proven, at);
  if (!(await tx.spend(proof.spendId, proof.expiresAt))) {
    throw new Refusal("ProofReplayed", "the proof of possession was used before");
  }
  const assignments = await roleAssignments(tx, vault);
  const requester = { vault, issuer: deps.authority.issuer, caller, assignments, target, at };
  const items: DecidedItem[] = [];
  for (const item of request.items) {
    items.push({ item, decision: await decideItem(tx, requester, item) });
  }
  return { items, jti: proof.jti, target, pod };
}

async function signStatement(deps: ReleaseDeps, statement: ReleasePayload): Promise<string> {
  const key = await deps.releaseKey();
  const x5c = [key.certificate, deps.releaseRoot].map((certificate) =>
    certificate.raw.toString("base64"),
  );
  return await signJws({ typ: releaseType, x5c }, { ...statement }, key.sign);
}

function auditProperties(decided: Decided): { readonly [name: string]: JsonValue } {
  return {
    evidence: decided.target.digest,
    jti: decided.jti,
    releases: decided.items.map(({ item, decision }) => ({
      object: nameOf(item),
      ...(decision.kind === "granted"
        ? {
            result: "granted",
            version: decision.found.version.version,
            policies: decision.policies,
          }
        : { result: "denied", class: decision.class, reasons: decision.reasons }),
    })),
  };
}

function nameOf({ kind, name }: ReleaseItem): string {
  return `${kind}/${name}`;
}
