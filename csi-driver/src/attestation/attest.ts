// SPDX-License-Identifier: Apache-2.0
/** Attests this node once: fresh keys, a nonce, a quote over both, a token; enrols the device first where that is asked. */

import { isStrongroomError, StrongroomError, sha256, utf8 } from "@strongroom/core";
import { decodeJwt } from "jose";
import type { EvidenceCollector } from "./evidence-collector.ts";
import type { InstallationPort } from "./installation-port.ts";
import { generateReleaseKeys, type ReleaseKeys } from "./release-keys.ts";
import { toEvidence } from "./to-evidence.ts";

/** What a release needs of an attestation. */
export interface Session {
  /** The attestation token; vouches for the public parts of `keys`. */
  readonly token: string;
  readonly expiresAt: Date;
  readonly keys: ReleaseKeys;
}

/** Whom an attestation asks. */
export interface AttestDeps {
  readonly installation: InstallationPort;
  readonly collector: EvidenceCollector;
  /** PCRs that are quoted, by number. */
  readonly pcrs: readonly number[];
}

/** @throws {StrongroomError} What the TPM or the vault said. */
export async function attest(deps: AttestDeps, signal: AbortSignal): Promise<Session> {
  const keys = await generateReleaseKeys();
  const token = await requestToken(deps, keys, signal).catch(async (error: unknown) => {
    if (!isStrongroomError(error, "NotEnrolled")) {
      throw error;
    }
    await enrol(deps, signal);
    return await requestToken(deps, keys, signal);
  });
  return { token, keys, expiresAt: expiryOf(token) };
}

async function requestToken(
  { installation, collector, pcrs }: AttestDeps,
  keys: ReleaseKeys,
  signal: AbortSignal,
): Promise<string> {
  const nonce = await installation.challenge(signal);
  const offered = [keys.encrypt.jwk, keys.deriveKey.jwk, keys.verify.jwk];
  // These very bytes are what the quote's extra data is the hash of, so they are sent as they are.
  const runtimeData = utf8(JSON.stringify({ nonce, keys: offered }));
  const quoted = await collector.quote(sha256(runtimeData), pcrs);
  return await installation.attestTpm(toEvidence(quoted, runtimeData), signal);
}

async function enrol({ installation, collector }: AttestDeps, signal: AbortSignal): Promise<void> {
  const { id, ...credential } = await installation.enrol(await collector.identity(), signal);
  await installation.activate({ id, secret: await collector.activate(credential) }, signal);
}

// The token is the vault's to verify; here it only says until when it is worth presenting.
function expiryOf(token: string): Date {
  try {
    const { exp } = decodeJwt(token);
    if (exp !== undefined) {
      return new Date(exp * 1000);
    }
  } catch (cause) {
    throw new StrongroomError("ResponseUntrusted", "the attestation token is malformed", { cause });
  }
  throw new StrongroomError("ResponseUntrusted", "the attestation token has no end");
}
