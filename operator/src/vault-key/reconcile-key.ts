// SPDX-License-Identifier: Apache-2.0
/** Reconciles a VaultKey: has the vault generate the key once, and keeps what is said about it. */

import { type VaultKeyStatus, vaultKeySpecSchema } from "@strongroom/api";
import type { Reconcile } from "@strongroom/kube";
import { reconcileDependent } from "../dependent.ts";
import { toDependentKind } from "../object-kind.ts";
import { type OperatorDeps, toManageCall } from "../operator-deps.ts";
import { parseSpec, vaultUidOf } from "../resource.ts";
import { toKeyRequest } from "./key-request.ts";

/** When a key that the vault rotates is looked at again: its current version is another one then. */
const refreshMs = 3_600_000;

/** Makes the reconciler. */
export function createKeyReconciler(deps: OperatorDeps): Reconcile {
  const kind = toDependentKind<VaultKeyStatus>(deps, {
    ...{ plural: "vaultkeys", kind: "VaultKey", noun: "key" },
    requeueAfterMs: (key) =>
      parseSpec(vaultKeySpecSchema, key).rotationPolicy === undefined ? undefined : refreshMs,
    put: async (vault, key) => {
      const spec = parseSpec(vaultKeySpecSchema, key);
      const name = spec.name ?? key.metadata.name;
      const request = { ...toManageCall(deps, key), ...toKeyRequest(spec) };
      return await deps.manage.putKey(vaultUidOf(vault), name, request);
    },
  });
  return async (key) => await reconcileDependent(deps, kind, deps.keys.get(key));
}
