// SPDX-License-Identifier: Apache-2.0
/** Reconciles a VaultCertificate: has the vault issue it, and shows how far that has come. */

import { type VaultCertificateStatus, vaultCertificateSpecSchema } from "@strongroom/api";
import type { Reconcile } from "@strongroom/kube";
import { type DependentKind, reconcileDependent } from "../dependent.ts";
import { type OperatorDeps, toManageCall } from "../operator-deps.ts";
import { parseSpec, vaultUidOf } from "../resource.ts";
import { isReady, withConditions } from "../status.ts";
import { toCertificateRequest } from "./certificate-request.ts";
import { toCertificateStatus } from "./certificate-status.ts";

/** When a certificate that is issued is looked at again: it is renewed without us. */
const refreshMs = 3_600_000;

/** Makes the reconciler. */
export function createCertificateReconciler(deps: OperatorDeps): Reconcile {
  const kind: DependentKind<VaultCertificateStatus> = {
    plural: "vaultcertificates",
    kind: "VaultCertificate",
    put: async (vault, certificate) => {
      const spec = parseSpec(vaultCertificateSpecSchema, certificate);
      const name = spec.name ?? certificate.metadata.name;
      const request = { ...toManageCall(deps, certificate), ...toCertificateRequest(spec) };
      const answer = await deps.manage.putCertificate(vaultUidOf(vault), name, request);
      const status = toCertificateStatus(certificate, answer, deps.clock.now());
      const isDone = isReady({ ...certificate, status });
      const note = answer.created ? `version ${answer.version} was asked for` : undefined;
      // An issuer answers within a second or after days: one that is on its way is looked at ever more seldom.
      const { observedGeneration } = certificate.status ?? {};
      const isAskedAnew = observedGeneration !== certificate.metadata.generation;
      const backoff = isAskedAnew ? "first" : "next";
      return {
        status,
        again: isDone ? { requeueAfterMs: refreshMs } : { backoff },
        ...(note !== undefined && { event: { reason: "Created", note } }),
      };
    },
    fail: (certificate, _error, verdict) => {
      const { conditions: _, observedGeneration: __, ...known } = certificate.status ?? {};
      return withConditions<VaultCertificateStatus>(
        certificate,
        known,
        [verdict],
        deps.clock.now(),
      );
    },
  };
  return async (key) => await reconcileDependent(deps, kind, deps.certificates.get(key));
}
