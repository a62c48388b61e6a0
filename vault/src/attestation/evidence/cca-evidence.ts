// SPDX-License-Identifier: Apache-2.0
/** Arm CCA tokens before the authority: a platform whose key is configured, firmware that is wanted, a realm that was asked. */

import type { AttestCcaRequest } from "@strongroom/api";
import {
  type CcaFacts,
  type Refused,
  refuse,
  toCcaClaims,
  verifyCcaToken,
} from "@strongroom/attestation";
import { fromBase64url, sha256, toHex } from "@strongroom/core";
import type { AttestationRules } from "../rules/attestation-rules.ts";
import { type Claims, commonParts, type Evidence, reportDataOf } from "./evidence.ts";

type CcaRules = AttestationRules["spec"]["cca"];

/** Evidence of a request. */
export function ccaEvidence(request: AttestCcaRequest): Evidence {
  const token = fromBase64url(request.token);
  return {
    kind: "Cca",
    digest: sha256(token),
    ...commonParts(request),
    verify: async ({ rules, binding }) => {
      const challenge = reportDataOf(binding);
      const verdict = verifyCcaToken(token, rules.cca, { challenge });
      if (verdict.kind === "refused") {
        return verdict;
      }
      const facts = verdict.claims;
      const { name, class: trustClass, key } = facts.platformKey;
      // A platform has a key and no certificate: that key is the root.
      const fingerprint = toHex(sha256(key.export({ type: "spki", format: "der" })));
      const claims = { ...toCcaClaims(facts), "x-strongroom-root": fingerprint } as Claims;
      return (
        checkLifecycle(facts, rules.spec.cca) ??
        checkSoftware(facts, rules.spec.cca) ?? {
          kind: "verified",
          claims: { claims, root: { name, class: trustClass, fingerprint } },
        }
      );
    },
  };
}

function checkLifecycle({ isDebug }: CcaFacts, { debug }: CcaRules): Refused | undefined {
  return isDebug && debug === "Refuse"
    ? refuse("policy-denied", "the platform is in another state than secured")
    : undefined;
}

/** Every component of the platform's firmware must be a wanted one: a realm is as good as the worst of them. */
function checkSoftware({ token }: CcaFacts, { software }: CcaRules): Refused | undefined {
  const { softwareComponents } = token.platform.claims;
  const isWanted = softwareComponents.every((component) =>
    software?.some(
      ({ measurement, signer }) =>
        measurement === toHex(component.measurement) && signer === toHex(component.signerId),
    ),
  );
  return software === undefined || isWanted
    ? undefined
    : refuse("policy-denied", "the platform runs firmware that is not among the accepted");
}
