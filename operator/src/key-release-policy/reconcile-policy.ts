// SPDX-License-Identifier: Apache-2.0
/** Reconciles a KeyReleasePolicy: checks its grammar and pins it in the vault. */

import { type KeyReleasePolicyStatus, keyReleasePolicySpecSchema } from "@strongroom/api";
import { releasePolicySchema, StrongroomError } from "@strongroom/core";
import type { Reconcile } from "@strongroom/kube";
import { type DependentKind, reconcileDependent } from "../dependent.ts";
import { type OperatorDeps, toManageCall } from "../operator-deps.ts";
import { parseSpec, vaultUidOf } from "../resource.ts";
import { toFailedPolicyStatus, toPolicyStatus } from "./policy-status.ts";

/** Time until the status is looked at again: objects come and go, and whom the authority trusts changes. */
const refreshMs = 3_600_000;

/** Makes the reconciler. */
export function createPolicyReconciler(deps: OperatorDeps): Reconcile {
  const kind: DependentKind<KeyReleasePolicyStatus> = {
    plural: "keyreleasepolicies",
    kind: "KeyReleasePolicy",
    put: async (vault, policy) => {
      const { vault: _, ...spec } = parseSpec(keyReleasePolicySpecSchema, policy);
      checkGrammar(spec.policy);
      const request = { ...toManageCall(deps, policy), ...spec };
      const answer = await deps.manage.putPolicy(vaultUidOf(vault), policy.metadata.name, request);
      return {
        status: toPolicyStatus(policy, answer, deps.clock.now()),
        again: { requeueAfterMs: refreshMs },
      };
    },
    fail: (policy, error, ready) => toFailedPolicyStatus(policy, error, ready, deps.clock.now()),
  };
  return async (key) => await reconcileDependent(deps, kind, deps.policies.get(key));
}

/** Says where a policy is malformed, before the vault has to. */
function checkGrammar(policy: object): void {
  const parsed = releasePolicySchema.safeParse(policy);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const place = ["spec.policy", ...(issue?.path ?? [])].join(".");
    throw new StrongroomError("BadParameter", `${place}: ${issue?.message ?? "malformed"}`);
  }
}
