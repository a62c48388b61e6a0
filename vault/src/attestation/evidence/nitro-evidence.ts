// SPDX-License-Identifier: Apache-2.0
/** Documents of Nitro enclaves and NitroTPM before the authority. */

import type { AttestNitroRequest } from "@strongroom/api";
import { appraiseNitro, refuse, toNitroClaims, verifyNitro } from "@strongroom/attestation";
import { fromBase64url, sha256 } from "@strongroom/core";
import { type Claims, commonParts, type Evidence } from "./evidence.ts";

/** Evidence of a request. */
export function nitroEvidence(request: AttestNitroRequest): Evidence {
  const document = fromBase64url(request.document);
  return {
    kind: "Nitro",
    digest: sha256(document),
    ...commonParts(request),
    verify: async ({ rules, binding, at }) => {
      const { nitro } = rules.spec;
      const expected = { userData: binding, nonce: "unbound", publicKey: "unbound" } as const;
      const verdict = verifyNitro(document, rules.nitro, expected, at);
      if (verdict.kind === "refused") {
        return verdict;
      }
      const facts = verdict.claims;
      const source = facts.document.kind === "enclave" ? "enclave" : "tpm";
      if (!nitro.sources.includes(source)) {
        return refuse("policy-denied", `documents of a Nitro ${source} are not taken`);
      }
      const debug = nitro.debug === "Allow" ? "allow" : "refuse";
      const claims = toNitroClaims(facts) as Claims;
      const instance = claims["x-strongroom-nitro-instance-id"];
      if (typeof instance !== "string") {
        return refuse("malformed", "the document names no instance");
      }
      return (
        appraiseNitro(facts, { debug, pcrs: "unbound" }) ?? {
          kind: "verified",
          claims: { claims, root: facts.root, device: `nitro:${instance}` },
        }
      );
    },
  };
}
