// SPDX-License-Identifier: Apache-2.0
/** Whether a quote's three links hold: PCK to QE report, QE report to attestation key, attestation key to quote. */

import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { concatBytes, equalBytes, toBase64url } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { type Refused, refuse } from "../verdict.ts";
import { isP256 } from "./intel-path.ts";
import type { Quote } from "./parse-quote.ts";

/** Refuses a quote of which a signature or the binding of the attestation key does not hold. */
export function checkQuoteSignatures(quote: Quote, pck: KeyObject): Refused | undefined {
  const { signature, signed } = quote;
  if (!hasQeSignature(quote, pck)) {
    return refuse("bad-signature", "the quoting enclave's report was not signed by the pck");
  }
  const digest = createHash("sha256")
    .update(signature.attestationKey)
    .update(signature.authenticationData)
    .digest();
  const bound = concatBytes(digest, new Uint8Array(32));
  if (!equalBytes(signature.qeReport.reportData, bound)) {
    return refuse("bad-signature", "the quoting enclave vouches for another attestation key");
  }
  return hasSignature(toKey(signature.attestationKey), signed, signature.value)
    ? undefined
    : refuse("bad-signature", "the quote was not signed by the attestation key");
}

/** Whether a key signed the report of the quote's quoting enclave. */
export function hasQeSignature({ signature }: Quote, pck: KeyObject): boolean {
  return isP256(pck) && hasSignature(pck, signature.qeReportBytes, signature.qeSignature);
}

function hasSignature(key: KeyObject, message: Uint8Array, value: Uint8Array): boolean {
  return verify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, value);
}

function toKey(point: Uint8Array): KeyObject {
  const x = toBase64url(point.subarray(0, 32));
  const y = toBase64url(point.subarray(32));
  try {
    return createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
  } catch (cause) {
    throw malformed("the attestation key is no point of P-256", cause);
  }
}
