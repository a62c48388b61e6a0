// SPDX-License-Identifier: Apache-2.0
/** Key sets of OIDC issuers as they come: public keys for signatures, and no more of them than there should be. RFC 7517. */

import { StrongroomError } from "@strongroom/core";
import type { JSONWebKeySet, JWK } from "jose";
import { z } from "zod";
import { maxIssuerKeys } from "./limits.ts";

const keySetSchema = z.object({
  keys: z
    .array(
      z.looseObject({
        kty: z.string().max(16),
        kid: z.string().max(512).optional(),
        use: z.string().max(16).optional(),
      }),
    )
    .max(maxIssuerKeys),
});

/**
 * The keys of a set that can verify a token. Keys of other types and uses are left out, as RFC 7517 section 5 asks for.
 *
 * @throws {StrongroomError} `IssuerUnavailable` if it is no key set, or holds a private key.
 */
export function parseKeySet(content: unknown): JSONWebKeySet {
  const parsed = keySetSchema.safeParse(content);
  if (!parsed.success) {
    throw new StrongroomError("IssuerUnavailable", "the issuer's key set is not understood");
  }
  const keys = parsed.data.keys.filter(
    ({ kty, use }) => ["EC", "RSA", "OKP"].includes(kty) && (use ?? "sig") === "sig",
  );
  if (keys.some((key) => "d" in key)) {
    throw new StrongroomError("IssuerUnavailable", "the issuer's key set holds a private key");
  }
  return { keys: keys as JWK[] };
}
