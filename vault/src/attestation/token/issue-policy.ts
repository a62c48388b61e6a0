// SPDX-License-Identifier: Apache-2.0
/** The rules in force as Azure Attestation answers a policy: `PolicyResult` in a signed token, REST API 2022-08-01. */

import { toBase64url, utf8 } from "@strongroom/core";
import { signJws } from "../../installation/jws.ts";
import type { AttestationRules } from "../rules/attestation-rules.ts";
import type { Authority } from "./token-authority.ts";

/** Seconds for which an answer is of use: it says what the rules are now. */
const lifetime = 300;

/**
 * Signs them. The type is one of its own, and no token id is in it, so that nobody takes it for a token about evidence.
 *
 * The policy's text is the rules' canonical JSON, whose hash, formed as Azure's, is `x-ms-policy-hash`.
 */
export async function issuePolicy(
  { issuer, keys }: Authority,
  { policy, policyHash }: Pick<AttestationRules, "policy" | "policyHash">,
  at: Date,
): Promise<string> {
  const { current } = keys.current();
  const now = Math.floor(at.getTime() / 1000);
  const claims = {
    ...{ iss: issuer, iat: now, nbf: now, exp: now + lifetime },
    "x-ms-policy": unsigned({ AttestationPolicy: toBase64url(policy) }),
    "x-ms-policy-hash": policyHash,
  };
  return await signJws({ typ: "strongroom-policy+jwt", kid: current.kid }, claims, current.sign);
}

/** As Azure has a policy that nobody but the service signed: RFC 7515, appendix A.5. */
function unsigned(body: object): string {
  const [header, payload] = [{ alg: "none" }, body].map((part) =>
    toBase64url(utf8(JSON.stringify(part))),
  );
  return `${header}.${payload}.`;
}
