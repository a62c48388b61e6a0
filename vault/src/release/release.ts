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
  type ReleaseRequest,
  type ReleaseResponse,
  releaseType,
} from "@strongroom/api";
import { type DeriveSubkey, type JsonValue, sha256, toBase64url, utf8 } from "@strongroom/core";
import { CompactEncrypt, importJWK } from "jose";
import { type Authority, type VerifiedTarget, verifyTarget } from "../attestation/token.ts";
import { decideWithHead } from "../audit/decide.ts";
import { Refusal, type RequestContext } from "../audit/event.ts";
import type { BoundPod } from "../identity/caller.ts";
import type { CertifiedKey } from "../installation/installation-keys.ts";
import { signJws } from "../installation/jws.ts";
import type { Ledger, LedgerTransaction } from "../ledger/ledger.ts";
import { roleAssignments } from "../vaults/access.ts";
import { openSecret } from "../vaults/read-secret.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { decideItem, type ItemDecision } from "./decide-item.ts";
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
  readonly decisions: readonly ItemDecision[];
  readonly jti: string;
  readonly target: VerifiedTarget;
  readonly pod: BoundPod;
}

/** Decides, records, encrypts and signs. @throws {Refusal} where the caller as a whole is refused. */
export async function release(deps: ReleaseDeps, call: ReleaseCall): Promise<ReleaseResponse> {
  const { items } = call.request;
  const committed = await decideWithHead(deps.ledger, {
    context: call.context,
    operationName: "SecretRelease",
    properties: { vault: call.vault.uid, vaultName: call.vault.name, objects: items.map(nameOf) },
    work: async (tx) => {
      const decided = await decideCall(deps, call, tx);
      return { result: decided, properties: auditProperties(decided, items) };
    },
  });
  const { result: decided, head, proof } = committed;
  const answers: Answer[] = [];
  for (const [index, decision] of decided.decisions.entries()) {
    answers.push(await answer(deps, call, decided, decision, items[index]));
  }
  const { log, size, root } = head;
  const statement = {
    jti: decided.jti,
    iat: Math.floor(call.context.at.getTime() / 1000),
    pod: { uid: decided.pod.podUid },
    vault: { uid: call.vault.uid, name: call.vault.name },
    items: answers.map((entry) => entry.statement),
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
  const requester = { vault, issuer: deps.authority.issuer, caller, assignments, target };
  const decisions: ItemDecision[] = [];
  for (const item of request.items) {
    decisions.push(await decideItem(tx, requester, item));
  }
  return { decisions, jti: proof.jti, target, pod };
}

interface Answer {
  readonly statement: Readonly<Record<string, unknown>>;
  readonly jwe?: string;
}

async function answer(
  deps: ReleaseDeps,
  call: ReleaseCall,
  decided: Decided,
  decision: ItemDecision,
  item: ReleaseItem | undefined,
): Promise<Answer> {
  const asked = { kind: item?.kind, name: item?.name };
  if (decision.kind === "denied") {
    const version = item?.version === undefined ? {} : { version: item.version };
    return { statement: { ...asked, ...version, result: "denied", class: decision.class } };
  }
  const { object, version } = decision.found;
  const id = `${call.origin}/secrets/${object.name}/${version.version}`;
  using value = await openSecret(deps, call.vault, decision.found);
  const jwe = await encrypt(value.reveal(), decided, id, version.contentType);
  const digest = toBase64url(sha256(utf8(jwe)));
  return { statement: { ...asked, version: version.version, id, result: "granted", digest }, jwe };
}

/** Encrypts to the attested key: ECDH-ES+A256KW, A256GCM. RFC 7516, RFC 7518 sections 4.6 and 5.3. */
async function encrypt(
  value: Uint8Array,
  { target, jti }: Decided,
  id: string,
  contentType: string | undefined,
): Promise<string> {
  const { kid } = target.deriveKey;
  // The key's own `key_ops` say what its holder does with the private half.
  const { kty, crv, x, y } = target.deriveKey as {
    kty?: string;
    crv?: string;
    x?: string;
    y?: string;
  };
  const key = await importJWK(
    { kty, crv, x, y } as Parameters<typeof importJWK>[0],
    "ECDH-ES+A256KW",
  );
  return await new CompactEncrypt(value)
    .setProtectedHeader({
      alg: "ECDH-ES+A256KW",
      enc: "A256GCM",
      typ: "strongroom-secret+jwe",
      kid,
      ...(contentType === undefined ? {} : { cty: contentType }),
      "strongroom.id": id,
      "strongroom.jti": jti,
    })
    .encrypt(key);
}

async function signStatement(
  deps: ReleaseDeps,
  statement: Readonly<Record<string, unknown>>,
): Promise<string> {
  const key = await deps.releaseKey();
  const x5c = [key.certificate, deps.releaseRoot].map((certificate) =>
    certificate.raw.toString("base64"),
  );
  return await signJws({ typ: releaseType, x5c }, statement, key.sign);
}

function auditProperties(
  decided: Decided,
  items: readonly ReleaseItem[],
): { readonly [name: string]: JsonValue } {
  return {
    evidence: decided.target.digest,
    jti: decided.jti,
    releases: decided.decisions.map((decision, index) => ({
      object: nameOf(items[index]),
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

function nameOf(item: ReleaseItem | undefined): string {
  return `${item?.kind ?? ""}/${item?.name ?? ""}`;
}
