// SPDX-License-Identifier: Apache-2.0
/**
 * The keys that an attestation token vouches for: `x-ms-runtime.keys`, at the top of the token and nowhere below, as Azure's
 * Secure Key Release takes them. What is released is encrypted to the first that fits.
 */

import { createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { isSoundRsaKey } from "@strongroom/core";
import { Refusal } from "../../audit/event.ts";
import type { VerifiedTarget } from "./verified-target.ts";

/** Keys of one token. */
const maxKeys = 32;
const maxKidLength = 256;

/** A public key of a token. */
export interface TargetKey {
  readonly kid: string;
  readonly kind: "rsa" | "ec";
  readonly key: KeyObject;
}

/** The RSA key for Azure's envelope. @throws {Refusal} `BadParameter` where the token has none. */
export function wrappingKeyOf(target: Pick<VerifiedTarget, "claims">): TargetKey {
  const found = keysOf(target).find(({ kind }) => kind === "rsa");
  if (found === undefined) {
    throw new Refusal("BadParameter", "the attestation token has no RSA key to encrypt to");
  }
  return found;
}

/** The key for JWEs: an EC key for key agreement before an RSA key. @throws {Refusal} `BadParameter` where the token has none. */
export function contentKeyOf(target: Pick<VerifiedTarget, "claims">): TargetKey {
  const keys = keysOf(target);
  const found = keys.find(({ kind }) => kind === "ec") ?? keys[0];
  if (found === undefined) {
    throw new Refusal("BadParameter", "the attestation token has no key to encrypt to");
  }
  return found;
}

type Members = Readonly<Record<string, unknown>>;

/** Of tokens that come again: to make a key of its numbers costs as much as to use it. */
const known = new WeakMap<object, readonly TargetKey[]>();

function keysOf({ claims }: Pick<VerifiedTarget, "claims">): readonly TargetKey[] {
  const keys = known.get(claims) ?? findKeys(claims);
  known.set(claims, keys);
  return keys;
}

function findKeys(claims: VerifiedTarget["claims"]): readonly TargetKey[] {
  const runtime = claims["x-ms-runtime"];
  const list = isMembers(runtime) ? runtime["keys"] : undefined;
  if (!Array.isArray(list) || list.length > maxKeys) {
    return [];
  }
  return list.filter(isMembers).flatMap((jwk) => toTargetKey(jwk) ?? []);
}

function toTargetKey(jwk: Members): TargetKey | undefined {
  const { kid, kty } = jwk;
  if (typeof kid !== "string" || kid === "" || kid.length > maxKidLength) {
    return undefined;
  }
  if (kty === "RSA" && isForWrapping(jwk)) {
    const key = importKey(jwk, ["n", "e"]);
    return key !== undefined && isSoundRsaKey(key) ? { kid, kind: "rsa", key } : undefined;
  }
  if (kty === "EC" && jwk["crv"] === "P-256" && isFor(jwk, "deriveKey")) {
    const key = importKey(jwk, ["x", "y"]);
    return key?.asymmetricKeyType === "ec" ? { kid, kind: "ec", key } : undefined;
  }
  return undefined;
}

function isFor(jwk: Members, operation: string): boolean {
  const { key_ops: operations } = jwk;
  return Array.isArray(operations) ? operations.includes(operation) : isForEncryption(jwk);
}

/** Azure's rule for RSA keys: what they are for, or one of their operations. */
function isForWrapping(jwk: Members): boolean {
  return isForEncryption(jwk) || isFor(jwk, "encrypt");
}

/** `use` is JWK's own member (RFC 7517 section 4.2), `key_use` what Azure's documentation calls it. */
function isForEncryption({ use, key_use: keyUse }: Members): boolean {
  return use === "enc" || keyUse === "enc";
}

function importKey(jwk: Members, numbers: readonly string[]): KeyObject | undefined {
  try {
    const [certificate]: readonly unknown[] = Array.isArray(jwk["x5c"]) ? jwk["x5c"] : [];
    if (numbers.every((name) => jwk[name] === undefined) && typeof certificate === "string") {
      return new X509Certificate(Buffer.from(certificate, "base64")).publicKey;
    }
    const { kty, crv } = jwk;
    const members = Object.fromEntries(numbers.map((name) => [name, jwk[name]]));
    return createPublicKey({ key: { kty, crv, ...members } as never, format: "jwk" });
  } catch {
    // Of several keys, one that is none is not the one that fits.
    return undefined;
  }
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
