// SPDX-License-Identifier: Apache-2.0
/** An attestation token that was verified: who vouches for which environment, and to whom a release with it is bound. */

import { type Claims, StrongroomError } from "@strongroom/core";
import { importJWK, type JWK } from "jose";

/** Whose requests may come with the token. */
export type TargetBinding =
  | { readonly kind: "node"; readonly nodeUid: string }
  /** A pod of any node: the token names none. */
  | { readonly kind: "pod" }
  | { readonly kind: "anybody" };

/** A verified token. Policies see all of its claims. */
export interface VerifiedTarget {
  readonly issuer: string;
  /** Whether this installation's own authority made it. */
  readonly isOwn: boolean;
  readonly claims: Claims;
  readonly binding: TargetBinding;
  /** Key that a proof of possession is verified with (RFC 7800); without one, none is asked for. */
  readonly proofKey: CryptoKey | undefined;
  /** SHA-256 of the token, for the audit log. */
  readonly digest: string;
}

/** The key that a token confirms. @throws {StrongroomError} `TargetInvalid` where it is no key of P-256. */
export async function importProofKey(jwk: JWK): Promise<CryptoKey> {
  try {
    const key = await importJWK(jwk, "ES256");
    if ("type" in key) {
      return key;
    }
  } catch (cause) {
    throw new StrongroomError("TargetInvalid", noKey, { cause });
  }
  throw new StrongroomError("TargetInvalid", noKey);
}

const noKey = "the attestation token confirms no P-256 key";
