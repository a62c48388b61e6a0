// SPDX-License-Identifier: Apache-2.0
/** What a token is verified by: its issuer as it was configured, and what it must be bound to. */

import {
  assertStated,
  isCount,
  isList,
  isOneOf,
  isText,
  orUnbound,
  type Stated,
} from "../stated.ts";
import type { JwtAlgorithm } from "./algorithms.ts";
import type { JwksKey } from "./jwks.ts";

/** An issuer as it was configured. Every rule has to be stated; `unbound` says that it is not wanted. */
export interface JwtIssuer {
  /** `iss`, exactly. */
  readonly issuer: string | "unbound";
  readonly audience: string | "unbound";
  readonly algorithms: readonly JwtAlgorithm[];
  readonly keys: readonly JwksKey[];
  /** `optional` for issuers of EAR, whose tokens need not say when they end; their age then limits them. */
  readonly expiry: "required" | "optional";
  /** Seconds since `iat` that a token is taken for, whatever its own end. */
  readonly longestAge: number;
}

/** What the token must be bound to. */
export interface JwtExpectation {
  /** The claim that holds the nonce, by its path, and its value; or that the caller binds the token otherwise. */
  readonly nonce: { readonly path: readonly string[]; readonly value: string } | "unbound";
}

const stated: Stated<JwtIssuer> = {
  issuer: isText,
  audience: isText,
  algorithms: isList,
  keys: isList,
  expiry: isOneOf("required", "optional"),
  longestAge: isCount,
};

// A value that is not there would be equal to a claim that is not there.
function isNonce(nonce: unknown): boolean {
  const { path, value } = Object(nonce);
  return isList(path) && path.length > 0 && isText(value);
}

/** @throws {StrongroomError} `BadParameter` if something of it is missing. */
export function assertJwtStated(issuer: JwtIssuer, expected: JwtExpectation): void {
  assertStated(issuer, stated);
  assertStated(expected, { nonce: orUnbound(isNonce) });
}
