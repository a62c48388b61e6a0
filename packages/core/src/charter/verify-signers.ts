// SPDX-License-Identifier: Apache-2.0
/** Whether enough of a vault's signers signed a statement: a JWS in the general JSON serialization, RFC 7515 section 7.2.1. */

import { z } from "zod";
import { fromBase64url, fromUtf8, utf8 } from "../bytes.ts";
import { parseJson } from "../json/parse-json.ts";
import { isSignedBy, type SignerKey, signerAlgorithms, signerId } from "./signer-key.ts";

/** A statement with the signatures that it has so far. All header parameters are protected. */
export interface GeneralJws {
  readonly payload: string;
  readonly signatures: readonly { readonly protected: string; readonly signature: string }[];
}

/** Whose signatures count, and how many of them it takes. */
export interface Signers {
  readonly threshold: number;
  readonly keys: readonly SignerKey[];
}

/** Ids of the keys that signed, or why that is not enough. */
export type SignersVerdict =
  | { readonly kind: "signed"; readonly by: readonly string[] }
  | { readonly kind: "refused"; readonly reason: string };

// No other parameter is understood, so none is there: `crit`, `b64`, `jwk` and `jku` change what a signature means.
const headerSchema = z.strictObject({
  alg: z.string().max(16),
  kid: z.string().max(64),
  typ: z.string().max(64),
});

/** What a signature is over. */
export function signingInput(
  jws: GeneralJws,
  { protected: header }: { readonly protected: string },
) {
  return utf8(`${header}.${jws.payload}`);
}

/**
 * Counts the signers of `jws`, each once. Signatures by other keys are passed by, as a statement may be signed by old
 * and new signers; one by a signer that is not right makes the whole refused.
 *
 * @param typ What the statement must say that it is.
 */
export function verifySigners(jws: GeneralJws, typ: string, signers: Signers): SignersVerdict {
  const keys = new Map(signers.keys.map((key) => [signerId(key), key]));
  const by = new Set<string>();
  for (const entry of jws.signatures) {
    const header = parseHeader(entry.protected);
    if (header === undefined || header.typ !== typ) {
      return refused(`a signature's header is not that of ${typ}`);
    }
    const key = keys.get(header.kid);
    if (key === undefined) {
      continue;
    }
    const isTheirs =
      header.alg === signerAlgorithms[key.crv].alg &&
      isSignedBy(key, signingInput(jws, entry), fromBase64url(entry.signature));
    if (!isTheirs || by.has(header.kid)) {
      return refused(`the signature of ${header.kid} is not right`);
    }
    by.add(header.kid);
  }
  return by.size >= signers.threshold
    ? { kind: "signed", by: [...by].sort() }
    : refused(`signed by ${by.size} of the signers, ${signers.threshold} are needed`);
}

function parseHeader(text: string): z.output<typeof headerSchema> | undefined {
  try {
    return headerSchema.parse(parseJson(fromUtf8(fromBase64url(text))));
  } catch {
    return undefined;
  }
}

function refused(reason: string): SignersVerdict {
  return { kind: "refused", reason };
}
