// SPDX-License-Identifier: Apache-2.0
/** What the vault gets from outside. */

import type { Clock, Log } from "@strongroom/core";
import type { InClusterClient } from "@strongroom/kube/in-cluster";
import type { VaultConfig } from "./config.ts";
import type { Metrics } from "./metrics.ts";

/** Configuration, and everything that has effects. */
export interface VaultDeps {
  readonly config: VaultConfig;
  readonly kubernetes: InClusterClient | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}
