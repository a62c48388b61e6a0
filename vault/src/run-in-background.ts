// SPDX-License-Identifier: Apache-2.0
/** What the vault does by itself while it serves: rotations, purges, renewals, and telling whom to trust. */

import type { TokenKeySource } from "./attestation/token/rotate-token-keys.ts";
import { createCertificateKeys } from "./certificates/create-certificate-keys.ts";
import { renewOnTime } from "./certificates/renewal-loop.ts";
import { deriveFrom } from "./derive-from.ts";
import type { KeyMover } from "./domain/move-keys.ts";
import type { Installation } from "./installation/open-installation.ts";
import { publishTrust } from "./installation/publish-trust.ts";
import { rotateKeys } from "./keys/rotation-loop.ts";
import { purgeVaults, type VaultPurgeDeps } from "./manage/purge-vaults.ts";
import { objectTypes } from "./object-types.ts";
import { sweepPurges } from "./objects/purge-sweep.ts";
import { rotateSecrets } from "./secrets/rotation/rotation-loop.ts";
import type { VaultDeps } from "./vault-deps.ts";

/** The vaults in memory, the line of their writes, what follows a rotation of the HSM's keys, and the tokens' keys. */
export interface OpenedParts extends Pick<VaultPurgeDeps, "directory" | "oneAtATime"> {
  readonly mover: KeyMover;
  readonly tokenKeys: TokenKeySource;
}

/** Starts the loops; the stack ends them. */
export function runInBackground(
  { config, kubernetes, clock, log }: VaultDeps,
  { ledger, keys, hsm, scopeKeys }: Installation,
  { directory, oneAtATime, mover, tokenKeys }: OpenedParts,
  stack: AsyncDisposableStack,
): void {
  const stop = new AbortController();
  const derive = deriveFrom(scopeKeys);
  const random = (bytes: number) => hsm.random(bytes);
  const targets = config.kubernetes?.trustConfigMaps ?? [];
  const certificateKeys = createCertificateKeys({ ledger, hsm, derive });
  const jobs = [
    mover.run(stop.signal),
    tokenKeys.run(stop.signal),
    rotateKeys({ ledger, directory, hsm, derive, clock, log }, stop.signal),
    rotateSecrets({ ledger, directory, derive, random, clock, log }, stop.signal),
    sweepPurges({ ledger, directory, types: objectTypes, clock, log }, stop.signal),
    purgeVaults({ ledger, directory, types: objectTypes, clock, log, oneAtATime }, stop.signal),
    renewOnTime({ ledger, directory, clock, log, hsm, derive, certificateKeys }, stop.signal),
  ];
  if (kubernetes !== undefined) {
    jobs.push(publishTrust({ kubernetes, keys, targets, clock, log }, stop.signal));
  }
  stack.defer(async () => {
    stop.abort();
    await Promise.allSettled(jobs);
  });
}
