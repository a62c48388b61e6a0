// SPDX-License-Identifier: Apache-2.0
/** An attestation token that was verified: who vouches for which environment, and to whom a release with it is bound. */

import type { Claims } from "@strongroom/core";
import type { JWK } from "jose";

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
  readonly proofKey: JWK | undefined;
  /** SHA-256 of the token, for the audit log. */
  readonly digest: string;
}
