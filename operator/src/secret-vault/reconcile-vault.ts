// SPDX-License-Identifier: Apache-2.0
/** Reconciles a SecretVault: its address, its namespace's certificates, and the vault itself. */

import { type PutVaultResponse, secretVaultSpecSchema } from "@strongroom/api";
import { isRetryable } from "@strongroom/core";
import type { Reconcile } from "@strongroom/kube";
import { type OperatorDeps, toManageCall } from "../operator-deps.ts";
import { parseSpec, type SecretVault, toRegarding, vaultUidOf } from "../resource.ts";
import { isReady, isTransitory, notReadyBecause } from "../status.ts";
import { writeStatus } from "../write-status.ts";
import { findAccounts } from "./find-accounts.ts";
import { findNamespaceUid } from "./find-namespace-uid.ts";
import { observeVault } from "./observation.ts";
import { performKubeAct } from "./perform-act.ts";
import { type Obstacle, planVault, type VaultAct } from "./plan.ts";
import { toFailedVaultStatus, toVaultStatus } from "./vault-status.ts";

/** When a healthy vault is looked at again, for its counts and audit head. */
const refreshMs = 300_000;
/** When a vault with something in its way is looked at again: a removed Service frees the name. */
const obstacleMs = 30_000;
/** When a vault is looked at again whose roles name ServiceAccounts that do not exist yet. */
const accountsMs = 5_000;
/** How long a deletion waits for a vault that is away before it lets the resource go. */
const letGoMs = 300_000;

const kind = { plural: "secretvaults", kind: "SecretVault" } as const;

/** Makes the reconciler. */
export function createVaultReconciler(deps: OperatorDeps): Reconcile {
  return async (key) => {
    const vault = deps.vaults.get(key);
    if (vault === undefined) {
      return {};
    }
    return vault.metadata.deletionTimestamp === undefined
      ? await bringUp(deps, vault)
      : await takeDown(deps, vault);
  };
}

async function bringUp(deps: OperatorDeps, vault: SecretVault) {
  try {
    const { acts, obstacles } = planVault(await observeVault(deps, vault));
    let answer: PutVaultResponse | undefined;
    for (const act of acts) {
      answer = (await perform(deps, vault, act)) ?? answer;
    }
    if (answer !== undefined) {
      await report(deps, vault, answer, obstacles);
    }
    if (answer?.pendingAccounts?.length) {
      return { requeueAfterMs: accountsMs };
    }
    return { requeueAfterMs: obstacles.length > 0 ? obstacleMs : refreshMs };
  } catch (error) {
    await reportFailure(deps, vault, error);
    throw error;
  }
}

async function perform(
  deps: OperatorDeps,
  vault: SecretVault,
  act: VaultAct,
): Promise<PutVaultResponse | undefined> {
  const { name, namespace } = vault.metadata;
  const uid = vaultUidOf(vault);
  switch (act.kind) {
    case "putVault": {
      const spec = parseSpec(secretVaultSpecSchema, vault);
      const call = toManageCall(deps, vault);
      const accounts = await findAccounts(deps.kube, namespace, spec);
      const namespaceUid = await findNamespaceUid(deps.kube, namespace);
      const wanted = { ...call, name, namespace, namespaceUid, spec, accounts };
      return await withSealingKey(deps, vault, await deps.manage.putVault(uid, wanted));
    }
    case "deleteVault":
      await deps.manage.deleteVault(uid, toManageCall(deps, vault));
      return undefined;
    default:
      await performKubeAct(deps.kube, vault, act);
      return undefined;
  }
}

// The vault serves without it: a token that is busy making keys must not make the vault look broken.
async function withSealingKey(
  deps: OperatorDeps,
  vault: SecretVault,
  answer: PutVaultResponse,
): Promise<PutVaultResponse> {
  if (answer.sealingKey !== undefined) {
    return answer;
  }
  try {
    const call = toManageCall(deps, vault);
    return { ...answer, ...(await deps.manage.putSealingKey(vaultUidOf(vault), call)) };
  } catch (error) {
    deps.log.failure("there is no sealing key yet", error, { uid: vaultUidOf(vault) });
    return answer;
  }
}

async function report(
  deps: OperatorDeps,
  vault: SecretVault,
  answer: PutVaultResponse,
  obstacles: readonly Obstacle[],
): Promise<void> {
  const status = toVaultStatus(vault, { answer, obstacles }, deps.clock.now());
  const event = { regarding: toRegarding(vault, kind.kind), action: "Reconcile" };
  for (const { reason, message } of obstacles) {
    await deps.record({ ...event, type: "Warning", reason, note: message });
  }
  if (answer.created) {
    await deps.record({ ...event, type: "Normal", reason: "Created", note: "vault created" });
  }
  const isNews = !isReady(vault) && isReady({ ...vault, status });
  await writeStatus(deps, kind, vault, status);
  if (isNews) {
    await deps.record({ ...event, type: "Normal", reason: "Synced", note: "vault is up to date" });
  }
}

async function reportFailure(
  deps: OperatorDeps,
  vault: SecretVault,
  error: unknown,
): Promise<void> {
  if (isTransitory(error)) {
    return;
  }
  const verdict = notReadyBecause(error);
  const { reason, message: note } = verdict;
  const regarding = toRegarding(vault, kind.kind);
  await deps.record({ regarding, type: "Warning", reason, action: "Reconcile", note });
  const status = toFailedVaultStatus(vault, verdict, deps.clock.now());
  await writeStatus(deps, kind, vault, status);
}

async function takeDown(deps: OperatorDeps, vault: SecretVault) {
  const { acts } = planVault(await observeVault(deps, vault));
  for (const act of acts) {
    try {
      await perform(deps, vault, act);
    } catch (error) {
      await letGo(deps, vault, act, error);
    }
  }
  return {};
}

// A vault that stays away must not hold a namespace for ever; its sweep finds that the resource is gone.
async function letGo(
  deps: OperatorDeps,
  vault: SecretVault,
  act: VaultAct,
  error: unknown,
): Promise<void> {
  const since = Date.parse(vault.metadata.deletionTimestamp ?? "");
  const isOverdue = deps.clock.now().getTime() - since >= letGoMs;
  if (act.kind !== "deleteVault" || !isRetryable(error) || !isOverdue) {
    throw error;
  }
  deps.log.failure("vault is away, its resource is let go", error, {
    vault: vault.metadata.name,
    namespace: vault.metadata.namespace,
    uid: vaultUidOf(vault),
  });
}
