// SPDX-License-Identifier: Apache-2.0
/** Remembers which uid stands behind a vault's name, so that a warm release is one round trip. */

import type { VaultName, VaultPort } from "./vault-port.ts";

/** Uids by name. */
export interface VaultIdentities {
  /** Whether the next answer would come from memory. */
  has(vault: VaultName): boolean;
  /** The vault's uid, asked for with the pod's token where it is not known. */
  uidOf(vault: VaultName, podToken: string, signal: AbortSignal): Promise<string>;
  /** Forgets a vault that turned out to be another. */
  forget(vault: VaultName): void;
}

/** Names on one node are few; this keeps the last so many. */
const limit = 1024;

/** An empty memory. */
export function createVaultIdentities(port: Pick<VaultPort, "identity">): VaultIdentities {
  const known = new Map<string, string>();
  return {
    has: (vault) => known.has(keyOf(vault)),
    uidOf: async (vault, podToken, signal) => {
      const found = known.get(keyOf(vault));
      if (found !== undefined) {
        return found;
      }
      const uid = await port.identity(vault, podToken, signal);
      const [oldest] = known.keys();
      if (known.size >= limit && oldest !== undefined) {
        known.delete(oldest);
      }
      known.set(keyOf(vault), uid);
      return uid;
    },
    forget: (vault) => void known.delete(keyOf(vault)),
  };
}

function keyOf({ namespace, name }: VaultName): string {
  return `${namespace}/${name}`;
}
