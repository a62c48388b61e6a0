// SPDX-License-Identifier: Apache-2.0
/** Reconciles the AttestationAuthority: the vault has its rules, and none once the resource is gone. */

import {
  attestationAuthorityKind,
  attestationAuthoritySpecSchema,
  authorityName,
} from "@strongroom/api";
import type { Reconcile } from "@strongroom/kube";
import { type OperatorDeps, toManageCall } from "../operator-deps.ts";
import { type AttestationAuthority, parseSpec, toRegarding } from "../resource.ts";
import { isReady, isTransitory, notReadyBecause, ready, withConditions } from "../status.ts";
import { writeStatus } from "../write-status.ts";

/** The key of the one resource; also queued where there is none, so that what went while nobody watched is taken away. */
export const authorityKey = `/${authorityName}`;

const { plural, kind } = attestationAuthorityKind;

/** Makes the reconciler. */
export function createAuthorityReconciler(deps: OperatorDeps): Reconcile {
  return async () => {
    const authority = deps.authorities.get(authorityKey);
    if (authority === undefined || authority.metadata.deletionTimestamp !== undefined) {
      await deps.manage.deleteAuthority({ epoch: deps.epoch });
      return {};
    }
    try {
      await put(deps, authority);
    } catch (error) {
      if (!isTransitory(error)) {
        await report(deps, authority, notReadyBecause(error), authority.status?.policyHash);
      }
      throw error;
    }
    return {};
  };
}

async function put(deps: OperatorDeps, authority: AttestationAuthority): Promise<void> {
  const spec = parseSpec(attestationAuthoritySpecSchema, authority);
  const { policyHash } = await deps.manage.putAuthority({ ...toManageCall(deps, authority), spec });
  await report(deps, authority, ready("evidence is judged by these rules"), policyHash);
}

async function report(
  deps: OperatorDeps,
  authority: AttestationAuthority,
  verdict: ReturnType<typeof ready>,
  policyHash: string | undefined,
): Promise<void> {
  const known = policyHash === undefined ? {} : { policyHash };
  const status = withConditions(authority, known, [verdict], deps.clock.now());
  const wrote = await writeStatus(deps, { plural, kind }, authority, status);
  if (wrote && (verdict.status === "False" || !isReady(authority))) {
    const regarding = toRegarding(authority, kind);
    const type = verdict.status === "True" ? "Normal" : "Warning";
    const { reason, message: note } = verdict;
    await deps.record({ regarding, type, reason, action: "Reconcile", note });
  }
}
