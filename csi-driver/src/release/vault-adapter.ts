// SPDX-License-Identifier: Apache-2.0
/** The vaults of an installation over HTTPS; nothing of an answer passes that the pinned release root does not sign. */

import type { ReleaseResponse } from "@strongroom/api";
import { type VerifiedItem, type VerifiedRelease, verifyRelease } from "@strongroom/client";
import { type Clock, fromUtf8, StrongroomError } from "@strongroom/core";
import { untilAborted } from "../abortable.ts";
import { fingerprintsOf, readTrustFile } from "../trust-files.ts";
import type { VaultClients } from "../vault-clients.ts";
import { toReleaseItem } from "./to-release-item.ts";
import { hostOf } from "./vault-host.ts";
import type { ExpectedRelease, ReleasedItem, VaultPort } from "./vault-port.ts";

/** What talking to vaults needs. */
export interface VaultAdapterDeps {
  readonly clients: VaultClients;
  /** PEM certificates of the release root. */
  readonly releaseRootFile: string;
  readonly clock: Clock;
}

/** Reads the release root for each answer, so that a rotation needs no restart. */
export function createVaultAdapter(deps: VaultAdapterDeps): VaultPort {
  const { clients } = deps;
  return {
    identity: async (vault, podToken, signal) => {
      const client = clients.forHost(hostOf(vault));
      return (await untilAborted(client.vaultIdentity(podToken), signal)).uid;
    },
    release: async (call, signal) => {
      const { podToken: token, proof, expected } = call;
      // Before anything is asked for: without a pinned root no answer could be believed.
      const roots = fingerprintsOf(readTrustFile(deps.releaseRootFile));
      const client = clients.forHost(hostOf(call.vault));
      const sent = client.release({ token, proof, body: fromUtf8(call.body) });
      const response = await untilAborted(sent, signal);
      const verified = await verify(response, roots, expected, deps.clock.now());
      return verified.items.map((item, index) => toReleased(item, expected, index));
    },
  };
}

// While the root is replaced both are pinned, and either may have certified the key.
async function verify(
  response: ReleaseResponse,
  roots: readonly string[],
  expected: ExpectedRelease,
  at: Date,
): Promise<VerifiedRelease> {
  const items = expected.items.map(toReleaseItem);
  let last: unknown = new StrongroomError("ResponseUntrusted", "no release root is pinned");
  for (const pinnedRootSha256 of roots) {
    try {
      return await verifyRelease({
        response,
        pinnedRootSha256,
        expected: { ...expected, items },
        at,
      });
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

// The file is named as the pod wrote it; the vault may spell the name with other case.
function toReleased(item: VerifiedItem, { items }: ExpectedRelease, index: number): ReleasedItem {
  const name = items[index]?.name ?? item.item.name;
  switch (item.kind) {
    case "granted":
      return { result: "granted", name, id: item.item.id, jwe: item.jwe };
    case "denied":
      return { result: "denied", name, class: item.item.class };
    case "grantedKey":
      return { result: "unwrapped", name, keyHsm: item.keyHsm };
  }
}
