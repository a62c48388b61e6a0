// SPDX-License-Identifier: Apache-2.0
/** Releases a pod's files: attested session, proof, request, verified response, opened values. */

import { randomUUID } from "node:crypto";
import {
  type Clock,
  type ErrorCode,
  isRetryable,
  isStrongroomError,
  type SecretBytes,
  StrongroomError,
  utf8,
} from "@strongroom/core";
import type { Session } from "../attestation/attest.ts";
import type { AttestationSession } from "../attestation/session.ts";
import type { PublishRequest } from "../node/publish-request.ts";
import { type SecretFile, wipeFiles } from "../volume/secret-file.ts";
import { openDataKey } from "./open-data-key.ts";
import { openItem } from "./open-item.ts";
import { signProof } from "./proof.ts";
import { toReleaseItem } from "./to-release-item.ts";
import type { VaultIdentities } from "./vault-identities.ts";
import type { ReleasedItem, VaultName, VaultPort } from "./vault-port.ts";

/** What the vault decided; the caller wipes what was granted. */
export type ReleaseOutcome =
  | { readonly kind: "granted"; readonly files: readonly SecretFile[] }
  | { readonly kind: "denied"; readonly denials: readonly Denial[] };

/** Why one file is not released: a class, no more. */
export interface Denial {
  readonly name: string;
  readonly class: string;
}

/** Whom a release asks. */
export interface ReleaseDeps {
  readonly vault: VaultPort;
  readonly identities: VaultIdentities;
  readonly session: AttestationSession;
  readonly clock: Clock;
}

/** Releases what a pod's volume names, all of it or nothing. */
export type ReleaseSecrets = (
  request: PublishRequest,
  signal: AbortSignal,
) => Promise<ReleaseOutcome>;

/**
 * Release by the vault's batch route.
 *
 * The function throws `AttestationRefused`, `VaultUnavailable` when waiting may help, and `ResponseUntrusted` for
 * everything that the vault's release root does not vouch for: a refusal that nobody signed is no refusal.
 */
export function createReleaseSecrets(deps: ReleaseDeps): ReleaseSecrets {
  return async (request, signal) => {
    const session = await deps.session.current(signal);
    const remembered = deps.identities.has(vaultOf(request));
    try {
      return await releaseOnce(deps, request, session, signal);
    } catch (error) {
      if (isStaleTarget(error)) {
        deps.session.discard(session);
      } else if (remembered && isStaleIdentity(error)) {
        deps.identities.forget(vaultOf(request));
      } else {
        throw unsigned(error, vaultOf(request));
      }
    }
    const renewed = await deps.session.current(signal);
    return await releaseOnce(deps, request, renewed, signal).catch((error: unknown) => {
      throw unsigned(error, vaultOf(request));
    });
  };
}

// Two things that we remember may have become wrong, the session and the vault's uid. Each is worth one more try.
function isStaleTarget(error: unknown): boolean {
  return isStrongroomError(error, "TargetExpired") || isStrongroomError(error, "TargetInvalid");
}

const identityCodes: readonly ErrorCode[] = [
  "Misdirected",
  "NotFound",
  "ProofInvalid",
  "ResponseUntrusted",
];

function isStaleIdentity(error: unknown): boolean {
  return isStrongroomError(error) && identityCodes.includes(error.code);
}

async function releaseOnce(
  { vault: port, identities, clock }: ReleaseDeps,
  request: PublishRequest,
  session: Session,
  signal: AbortSignal,
): Promise<ReleaseOutcome> {
  const { token: podToken, items } = request;
  const vault = vaultOf(request);
  const vaultUid = await identities.uidOf(vault, podToken, signal);
  const jti = randomUUID();
  const target = session.token;
  const wanted = items.map(toReleaseItem);
  const body = utf8(JSON.stringify({ target, items: wanted }));
  const claims = { vaultUid, podToken, target, body, jti, at: clock.now() };
  const proof = await signProof(session.keys.verify, claims);
  const expected = { jti, podUid: request.pod.uid, vaultUid, items };
  const released = await port.release({ vault, podToken, body, proof, expected }, signal);
  const denials = released.filter((item) => item.result === "denied");
  if (denials.length > 0) {
    return { kind: "denied", denials };
  }
  return { kind: "granted", files: await openAll(released, session, jti) };
}

async function openAll(
  released: readonly ReleasedItem[],
  session: Session,
  jti: string,
): Promise<readonly SecretFile[]> {
  const files: SecretFile[] = [];
  try {
    for (const item of released) {
      if (item.result !== "denied") {
        files.push({ name: item.name, content: await open(item, session, jti) });
      }
    }
    return files;
  } catch (error) {
    wipeFiles(files);
    throw error;
  }
}

async function open(
  item: Exclude<ReleasedItem, { result: "denied" }>,
  { keys }: Session,
  jti: string,
): Promise<SecretBytes> {
  return item.result === "granted"
    ? await openItem(item.jwe, keys.deriveKey, { id: item.id, jti })
    : await openDataKey(item.keyHsm, keys.encrypt);
}

function vaultOf({ vault, pod }: PublishRequest) {
  return { name: vault, namespace: pod.namespace };
}

// The handshake of a vault that does not exist ends like that of one that is away: the pod's author must think of both.
function unsigned(error: unknown, vault: VaultName): unknown {
  if (!isStrongroomError(error) || error.code === "ResponseUntrusted") {
    return error;
  }
  if (!isRetryable(error)) {
    const message = `vault refused without a signature: ${error.code}`;
    return new StrongroomError("ResponseUntrusted", message, { cause: error });
  }
  const place = `vault ${vault.name} in namespace ${vault.namespace}`;
  const message =
    error.code === "VaultUnavailable"
      ? `${place} does not answer: it is away or does not exist`
      : `${place} is unavailable: ${error.code}`;
  return new StrongroomError("VaultUnavailable", message, { cause: error });
}
