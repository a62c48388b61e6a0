// SPDX-License-Identifier: Apache-2.0
/** Finds vaults whose resource is gone: it was let go while the vault was away, or while nobody watched. */

import type { VaultList } from "@strongroom/api";
import type { Reconcile } from "@strongroom/kube";
import type { OperatorDeps } from "./operator-deps.ts";
import { type SecretVault, secretVaults } from "./resource.ts";

/** Time between two sweeps. */
const sweepMs = 600_000;

/** The one key of this sweep. */
export const allVaults = "all/vaults";

/** Makes the sweeper. */
export function createVaultSweeper(deps: OperatorDeps): Reconcile {
  return async () => {
    const { vaults } = await deps.manage.listVaults();
    // Read after the vault's answer and not from a cache: whoever is missing here is really gone.
    const resources = await deps.kube.list<SecretVault>(secretVaults);
    for (const { uid, owner, name, namespace } of planVaultSweep(vaults, resources)) {
      await deps.manage.deleteVault(uid, { epoch: deps.epoch, generation: 0, owner });
      deps.log.info("deleted a vault whose resource is gone", { vault: name, namespace, uid });
    }
    return { requeueAfterMs: sweepMs };
  };
}

/** The vaults that are not deleted and belong to none of `resources`. Pure. */
export function planVaultSweep(
  vaults: VaultList["vaults"],
  resources: readonly Pick<SecretVault, "metadata">[],
): VaultList["vaults"] {
  const alive = new Set(resources.map(({ metadata }) => metadata.uid));
  return vaults.filter(({ owner, deleted }) => deleted === null && !alive.has(owner.uid));
}
