// SPDX-License-Identifier: Apache-2.0
/**
 * Challenges for attestation: authenticated, not stored, spent once.
 *
 * nonce = 0x01 || milliseconds (8) || random (16) || HMAC-SHA-256 over those, the caller and its node. The vault
 * remembers a nonce only when evidence that holds it was verified.
 */

import { createHmac, randomBytes } from "node:crypto";
import {
  concatBytes,
  equalBytes,
  fromBase64url,
  StrongroomError,
  sha256,
  toBase64url,
  toHex,
  u64be,
} from "@strongroom/core";

/** Milliseconds for which a nonce is taken at the most; rules may say less. */
export const longestNonceLifetime = 5 * 60_000;

const version = 1;
const bodyLength = 1 + 8 + 16;
const macLength = 32;

/** Whom a nonce is for. */
export interface NonceHolder {
  readonly subject: string;
  readonly nodeUid: string;
}

/** A nonce for `holder` at `at`. */
export function makeNonce(key: Uint8Array, holder: NonceHolder, at: Date): string {
  const body = concatBytes(new Uint8Array([version]), u64be(at.getTime()), randomBytes(16));
  return toBase64url(concatBytes(body, macOf(key, body, holder)));
}

/** When a nonce is taken. */
export interface NonceMoment {
  readonly at: Date;
  /** Milliseconds for which it is taken. */
  readonly lifetime: number;
}

/** A nonce that is taken: what to spend, and when it was made. */
export interface TakenNonce {
  readonly spendId: string;
  readonly expiresAt: Date;
  readonly made: Date;
}

/** Checks a nonce. @throws {StrongroomError} `NonceInvalid` if forged, foreign or stale. */
export function checkNonce(
  key: Uint8Array,
  nonce: string,
  holder: NonceHolder,
  { at, lifetime }: NonceMoment,
): TakenNonce {
  const bytes = decode(nonce);
  const body = bytes.subarray(0, bodyLength);
  const genuine =
    bytes[0] === version && equalBytes(bytes.subarray(bodyLength), macOf(key, body, holder));
  if (bytes.length !== bodyLength + macLength || !genuine) {
    throw new StrongroomError("NonceInvalid", "the nonce was not made for this caller");
  }
  const made = Number(new DataView(body.buffer, body.byteOffset).getBigUint64(1));
  const age = at.getTime() - made;
  if (age < -longestNonceLifetime || age >= Math.min(lifetime, longestNonceLifetime)) {
    throw new StrongroomError("NonceInvalid", "the nonce has expired");
  }
  // Remembered for the longest life: rules that are changed meanwhile must not let it in again.
  const expiresAt = new Date(made + longestNonceLifetime);
  return { spendId: `nonce/${toHex(sha256(bytes))}`, expiresAt, made: new Date(made) };
}

function macOf(key: Uint8Array, body: Uint8Array, holder: NonceHolder): Uint8Array {
  const mac = createHmac("sha256", key).update(body);
  return mac.update(JSON.stringify([holder.subject, holder.nodeUid])).digest();
}

function decode(nonce: string): Uint8Array {
  try {
    return fromBase64url(nonce);
  } catch (cause) {
    throw new StrongroomError("NonceInvalid", "the nonce is not base64url", { cause });
  }
}
