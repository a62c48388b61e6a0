// SPDX-License-Identifier: Apache-2.0
/** Reconciles a VaultSecret: has the vault generate its value once, and keeps its attributes. */

import {
  type PutSecretRequest,
  type VaultSecretSpec,
  type VaultSecretStatus,
  vaultSecretSpecSchema,
} from "@strongroom/api";
import type { Reconcile } from "@strongroom/kube";
import { type DependentKind, reconcileDependent } from "../dependent.ts";
import { type OperatorDeps, toManageCall } from "../operator-deps.ts";
import { parseSpec, vaultUidOf } from "../resource.ts";
import { ready, withConditions } from "../status.ts";

/** Makes the reconciler. */
export function createSecretReconciler(deps: OperatorDeps): Reconcile {
  const kind: DependentKind<VaultSecretStatus> = {
    plural: "vaultsecrets",
    kind: "VaultSecret",
    put: async (vault, secret) => {
      const spec = parseSpec(vaultSecretSpecSchema, secret);
      const name = spec.name ?? secret.metadata.name;
      const request = { ...toManageCall(deps, secret), ...toDesired(spec) };
      const { created, ...known } = await deps.manage.putSecret(vaultUidOf(vault), name, request);
      const verdicts = [ready("the secret is in the vault")];
      return {
        status: withConditions<VaultSecretStatus>(secret, known, verdicts, deps.clock.now()),
        ...(created && {
          event: { reason: "Created", note: `version ${known.version} was generated` },
        }),
      };
    },
    fail: (secret, _error, verdict) => {
      const { conditions: _, observedGeneration: __, ...known } = secret.status ?? {};
      return withConditions<VaultSecretStatus>(secret, known, [verdict], deps.clock.now());
    },
  };
  return async (key) => await reconcileDependent(deps, kind, deps.secrets.get(key));
}

type Desired = Pick<PutSecretRequest, "generate" | "contentType" | "tags" | "attributes">;

/** The spec in Key Vault's terms: times in seconds. */
export function toDesired({ generate, contentType, tags, attributes }: VaultSecretSpec): Desired {
  const seconds = (text: string) => Math.floor(Date.parse(text) / 1_000);
  return {
    generate,
    ...(contentType !== undefined && { contentType }),
    ...(tags !== undefined && { tags }),
    ...(attributes !== undefined && {
      attributes: {
        enabled: attributes.enabled,
        ...(attributes.notBefore !== undefined && { nbf: seconds(attributes.notBefore) }),
        ...(attributes.expires !== undefined && { exp: seconds(attributes.expires) }),
      },
    }),
  };
}
