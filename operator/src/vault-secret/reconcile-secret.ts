// SPDX-License-Identifier: Apache-2.0
/** Reconciles a VaultSecret: has the vault generate its value once, or open a sealed one, and keeps its attributes. */

import {
  type PutSecretRequest,
  type VaultSecretSpec,
  type VaultSecretStatus,
  vaultSecretSpecSchema,
} from "@strongroom/api";
import type { Reconcile } from "@strongroom/kube";
import { reconcileDependent } from "../dependent.ts";
import { toAttributes } from "../desired-attributes.ts";
import { toDependentKind } from "../object-kind.ts";
import { type OperatorDeps, toManageCall } from "../operator-deps.ts";
import { parseSpec, vaultUidOf } from "../resource.ts";

/** Makes the reconciler. */
export function createSecretReconciler(deps: OperatorDeps): Reconcile {
  const kind = toDependentKind<VaultSecretStatus>(deps, {
    ...{ plural: "vaultsecrets", kind: "VaultSecret", noun: "secret" },
    put: async (vault, secret) => {
      const spec = parseSpec(vaultSecretSpecSchema, secret);
      const name = spec.name ?? secret.metadata.name;
      const request = { ...toManageCall(deps, secret), ...toDesired(spec) };
      return await deps.manage.putSecret(vaultUidOf(vault), name, request);
    },
  });
  return async (key) => await reconcileDependent(deps, kind, deps.secrets.get(key));
}

type Desired = Omit<PutSecretRequest, "epoch" | "generation" | "owner">;

/** The spec in Key Vault's terms. */
export function toDesired(spec: VaultSecretSpec): Desired {
  const { generate, sealed, contentType, tags, attributes } = spec;
  return {
    ...(generate !== undefined && { generate }),
    ...(sealed !== undefined && { sealed }),
    ...(contentType !== undefined && { contentType }),
    ...(tags !== undefined && { tags }),
    ...(attributes !== undefined && { attributes: toAttributes(attributes) }),
  };
}
