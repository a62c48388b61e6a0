// SPDX-License-Identifier: Apache-2.0
/** Attests this node once: fresh keys, a nonce, evidence over both, a token; enrols the device first where that is asked. */

import type { Workload } from "@strongroom/api";
import { isStrongroomError, StrongroomError, utf8 } from "@strongroom/core";
import { decodeJwt } from "jose";
import type { InstallationPort } from "./installation-port.ts";
import type { NodeEvidence } from "./node-evidence.ts";
import { generateReleaseKeys, type ReleaseKeys } from "./release-keys.ts";

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
  readonly evidence: NodeEvidence;
  /** What this program says it is. */
  readonly workload: Workload;
}

/** @throws {StrongroomError} What the device or the vault said. */
export async function attest(deps: AttestDeps, signal: AbortSignal): Promise<Session> {
  const keys = await generateReleaseKeys();
  const token = await requestToken(deps, keys, signal).catch(async (error: unknown) => {
    if (!isStrongroomError(error, "NotEnrolled")) {
      throw error;
    }
    await deps.evidence.enrol(signal);
    return await requestToken(deps, keys, signal);
  });
  return { token, keys, expiresAt: expiryOf(token) };
}

async function requestToken(
  { installation, evidence, workload }: AttestDeps,
  keys: ReleaseKeys,
  signal: AbortSignal,
): Promise<string> {
  const nonce = await installation.challenge(signal);
  const offered = [keys.encrypt.jwk, keys.deriveKey.jwk, keys.verify.jwk];
  // These very bytes are what the evidence is bound to the hash of, so they are sent as they are.
  return await evidence.present(utf8(JSON.stringify({ nonce, keys: offered, workload })), signal);
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
