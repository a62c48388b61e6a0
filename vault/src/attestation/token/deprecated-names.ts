// SPDX-License-Identifier: Apache-2.0
/** Names that Azure Attestation deprecated and still issues: policies that are older than the others ask for them. */

import type { Claims } from "../evidence/evidence.ts";

/** Types of evidence that Azure took when it had these names. */
const old: readonly unknown[] = ["sgx", "tpm"];

/** The same claims by their old names. Azure Attestation, "Claim sets". */
export function deprecatedNames(claims: Claims): Claims {
  const { nonce } = claims;
  const type = claims["x-ms-attestation-type"];
  const held = claims["x-ms-sgx-ehd"];
  const hash = claims["x-ms-policy-hash"];
  return {
    ver: "1.0",
    ...(type !== undefined &&
      hash !== undefined &&
      old.includes(type) && { tee: type, policy_hash: hash, "maa-policyHash": hash }),
    ...(nonce !== undefined && { rp_data: nonce }),
    ...(held !== undefined && { "maa-ehd": held, "aas-ehd": held }),
  };
}
