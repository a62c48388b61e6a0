// SPDX-License-Identifier: Apache-2.0
/** One more signature on a statement. */

import { type KeyObject, sign } from "node:crypto";
import type { Statement } from "@strongroom/api";
import {
  fromBase64url,
  fromUtf8,
  parseJson,
  type SignerKey,
  signerAlgorithms,
  signerId,
  signingInput,
  toBase64url,
  utf8,
} from "@strongroom/core";
import type { ReadStatement } from "./statement-file.ts";

/** A signer with the private key. */
export interface SigningKey {
  readonly key: KeyObject;
  readonly signer: SignerKey;
}

/** Signs, in place of what the same signer signed before. */
export function addSignature(
  { statement, typ }: ReadStatement,
  { key, signer }: SigningKey,
): Statement {
  const { alg, hash } = signerAlgorithms[signer.crv];
  const kid = signerId(signer);
  const header = toBase64url(utf8(JSON.stringify({ alg, kid, typ })));
  const message = signingInput(statement, { protected: header });
  const signature = sign(hash, message, { key, dsaEncoding: "ieee-p1363" });
  const others = statement.signatures.filter((entry) => signerOf(entry) !== kid);
  return {
    ...statement,
    signatures: [...others, { protected: header, signature: toBase64url(signature) }],
  };
}

/** The `kid` that a signature's header names; nothing is said about whether it is right. */
export function signerOf(entry: Statement["signatures"][number]): string | undefined {
  try {
    const header: unknown = parseJson(fromUtf8(fromBase64url(entry.protected)));
    const isNamed = typeof header === "object" && header !== null && "kid" in header;
    return isNamed && typeof header.kid === "string" ? header.kid : undefined;
  } catch {
    return undefined;
  }
}
