// SPDX-License-Identifier: Apache-2.0
/** Finds what a vault still holds of resources that are gone: what was deleted while nobody watched. */

import type { ObjectKind, VaultStatus } from "@strongroom/api";
import { isStrongroomError } from "@strongroom/core";
import type { Reconcile } from "@strongroom/kube";
import type { OperatorDeps } from "./operator-deps.ts";
import {
  keyReleasePolicies,
  type SecretVault,
  type StrongroomResource,
  vaultCertificates,
  vaultKeys,
  vaultSecrets,
  vaultUidOf,
} from "./resource.ts";

/** Time between two sweeps of one vault. */
const sweepMs = 600_000;

/** Something to delete. */
export interface Leftover {
  readonly kind: "policies" | ObjectKind;
  readonly name: string;
  readonly ownerUid: string;
}

const places = [keyReleasePolicies, vaultSecrets, vaultKeys, vaultCertificates];
const kinds = ["policies", "secrets", "keys", "certificates"] as const;

/** Makes the sweeper; its keys are vaults. */
export function createSweeper(deps: OperatorDeps): Reconcile {
  return async (key) => {
    const vault = deps.vaults.get(key);
    if (vault === undefined || vault.metadata.deletionTimestamp !== undefined) {
      return {};
    }
    const status = await statusOf(deps, vault);
    if (status !== undefined) {
      await sweep(deps, vault, status);
    }
    return { requeueAfterMs: sweepMs };
  };
}

async function sweep(deps: OperatorDeps, vault: SecretVault, status: VaultStatus): Promise<void> {
  const { namespace } = vault.metadata;
  const uid = vaultUidOf(vault);
  // Read after the vault's answer and not from a cache: whoever is missing here is really gone.
  const resources = await Promise.all(
    places.map((place) => deps.kube.list<StrongroomResource>({ ...place, namespace })),
  );
  for (const { kind, name, ownerUid } of planSweep(status, resources.flat())) {
    const call = { epoch: deps.epoch, generation: 0, owner: { uid: ownerUid } };
    if (kind === "policies") {
      await deps.manage.deletePolicy(uid, name, call);
    } else {
      await deps.manage.deleteObject({ uid, kind, name }, call);
    }
    deps.log.info("removed what a deleted resource left", { kind, name, vault: uid });
  }
}

/** What of `status` belongs to none of `resources`. Pure. */
export function planSweep(
  status: Pick<VaultStatus, Leftover["kind"]>,
  resources: readonly StrongroomResource[],
): readonly Leftover[] {
  const alive = new Set(resources.map(({ metadata }) => metadata.uid));
  return kinds.flatMap((kind) =>
    status[kind]
      .filter(({ owner }) => !alive.has(owner.uid))
      .map(({ name, owner }) => ({ kind, name, ownerUid: owner.uid })),
  );
}

async function statusOf(deps: OperatorDeps, vault: SecretVault): Promise<VaultStatus | undefined> {
  try {
    return await deps.manage.vaultStatus(vaultUidOf(vault));
  } catch (error) {
    if (isStrongroomError(error, "NotFound")) {
      return undefined;
    }
    throw error;
  }
}
