// SPDX-License-Identifier: Apache-2.0
/** The key of a token that brings its issuer's certificates, where they lead to a root that the caller trusts. RFC 7515, section 4.1.6. */

import { isStrongroomError } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { type Refused, refuse } from "../verdict.ts";
import { type Certificate, parseCertificate } from "../x509/certificate.ts";
import { checkPath } from "../x509/check-path.ts";
import type { CertificatePath } from "../x509/find-paths.ts";
import { findRoot } from "../x509/find-root.ts";
import { suppliedCertificates } from "../x509/limits.ts";
import type { JwksKey } from "./jwks.ts";
import { parseJwt } from "./verify-jwt.ts";

/**
 * The key in the first certificate of `x5c`, under the token's own name for it; undefined where it has none. Without a path to
 * one of `roots` that is valid at `at` the certificates vouch for nothing.
 *
 * @param at Instant at which every certificate of the path must be valid.
 */
export function certifiedKey(
  token: string,
  roots: readonly Certificate[],
  at: Date,
): JwksKey | Refused | undefined {
  try {
    const { header } = parseJwt(token);
    const { x5c, kid } = header;
    if (x5c === undefined) {
      return undefined;
    }
    const [leaf, ...issuers] = readChain(x5c);
    const pins = new Map(roots.map((root) => [root.fingerprint, root]));
    const purpose = {
      at,
      purposes: "any",
      withoutPurpose: "accepted",
      leafExtensions: [],
    } as const;
    const check = (path: CertificatePath) => checkPath(path, purpose);
    const root = findRoot<Certificate>(leaf, [...issuers, ...roots], { roots: pins, check });
    const name = typeof kid === "string" ? kid : undefined;
    return "kind" in root ? root : { kid: name, alg: undefined, key: leaf.publicKey };
  } catch (error) {
    if (isStrongroomError(error, "EvidenceMalformed")) {
      return refuse("malformed", error.message);
    }
    throw error;
  }
}

function readChain(x5c: unknown): readonly [Certificate, ...Certificate[]] {
  const texts: readonly unknown[] = Array.isArray(x5c) ? x5c.slice(0, suppliedCertificates) : [];
  const [leaf, ...issuers] = texts.map((text) => {
    if (typeof text !== "string") {
      throw malformed("a certificate of the token is none");
    }
    return parseCertificate(new Uint8Array(Buffer.from(text, "base64")));
  });
  if (leaf === undefined) {
    throw malformed("the token's chain has no certificate");
  }
  return [leaf, ...issuers];
}
