// SPDX-License-Identifier: Apache-2.0
/** What policies and objects have in common: they belong to a vault of their namespace and are put into it. */

import type { CommonStatus } from "@strongroom/api";
import { isStrongroomError } from "@strongroom/core";
import type { EventNote, ReconcileResult } from "@strongroom/kube";
import type { OperatorDeps } from "./operator-deps.ts";
import { type SecretVault, type StrongroomResource, toRegarding, vaultNameOf } from "./resource.ts";
import { isReady, isTransitory, notReady, notReadyBecause, type Verdict } from "./status.ts";
import { writeStatus } from "./write-status.ts";

/** What a put came to. */
export interface PutOutcome<Status> {
  readonly status: Status;
  /** What people should hear of it. */
  readonly event?: Pick<EventNote, "reason" | "note">;
  /** When to look again where nothing changes here. */
  readonly again?: ReconcileResult;
}

/** How one kind is put into a vault. */
export interface DependentKind<Status extends CommonStatus> {
  readonly plural: string;
  readonly kind: string;
  /** Tells the vault and answers the status that follows. */
  readonly put: (
    vault: SecretVault,
    resource: StrongroomResource<Status>,
  ) => Promise<PutOutcome<Status>>;
  /** Status after a failure. */
  readonly fail: (resource: StrongroomResource<Status>, error: unknown, ready: Verdict) => Status;
}

/** Reconciles one policy or object. */
export async function reconcileDependent<Status extends CommonStatus>(
  deps: OperatorDeps,
  kind: DependentKind<Status>,
  resource: StrongroomResource<Status> | undefined,
): Promise<ReconcileResult> {
  if (resource === undefined || resource.metadata.deletionTimestamp !== undefined) {
    // What the vault still holds of it is for the sweep, which looks at what is really there.
    return {};
  }
  const vault = findVault(deps, resource);
  if (vault === undefined) {
    const message = `there is no SecretVault ${vaultNameOf(resource)} in this namespace`;
    await reportFailure(deps, kind, resource, notReady("VaultNotFound", message));
    return {};
  }
  try {
    const outcome = await kind.put(vault, resource);
    await reportSuccess(deps, kind, resource, outcome);
    return outcome.again ?? {};
  } catch (error) {
    if (!isTransitory(error)) {
      await reportFailure(deps, kind, resource, toVerdict(error), error);
    }
    throw error;
  }
}

function findVault(deps: OperatorDeps, resource: StrongroomResource): SecretVault | undefined {
  const vault = deps.vaults.get(`${resource.metadata.namespace}/${vaultNameOf(resource)}`);
  return vault?.metadata.deletionTimestamp === undefined ? vault : undefined;
}

function toVerdict(error: unknown): Verdict {
  return isStrongroomError(error, "NotFound")
    ? notReady("VaultNotReady", "the vault has not been made yet")
    : notReadyBecause(error);
}

async function reportSuccess<Status extends CommonStatus>(
  deps: OperatorDeps,
  kind: DependentKind<Status>,
  resource: StrongroomResource<Status>,
  { status, event }: PutOutcome<Status>,
): Promise<void> {
  const wasReady = isReady(resource);
  await writeStatus(deps, kind, resource, status);
  const isNews = !wasReady && isReady({ ...resource, status });
  const news = event ?? (isNews ? { reason: "Synced", note: "up to date" } : undefined);
  if (news !== undefined) {
    const regarding = toRegarding(resource, kind.kind);
    await deps.record({ regarding, type: "Normal", action: "Reconcile", ...news });
  }
}

async function reportFailure<Status extends CommonStatus>(
  deps: OperatorDeps,
  kind: DependentKind<Status>,
  resource: StrongroomResource<Status>,
  verdict: Verdict,
  error?: unknown,
): Promise<void> {
  const { reason, message: note } = verdict;
  await writeStatus(deps, kind, resource, kind.fail(resource, error, verdict));
  const regarding = toRegarding(resource, kind.kind);
  await deps.record({ regarding, type: "Warning", reason, action: "Reconcile", note });
}
