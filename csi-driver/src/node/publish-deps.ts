// SPDX-License-Identifier: Apache-2.0
/** What publishing volumes needs. */

import type { Log } from "@strongroom/core";
import type { Metrics } from "../health/metrics.ts";
import type { PublishWaits } from "../limits.ts";
import type { ReleaseSecrets } from "../release/release-secrets.ts";
import type { RetryTiming } from "../retry.ts";
import type { Tmpfs } from "../volume/tmpfs.ts";
import type { TargetLocks } from "./target-locks.ts";
import type { VolumeBook } from "./volume-book.ts";

/** Shared by first publish, republish and unpublish. */
export interface PublishDeps extends RetryTiming {
  /** Audience of the tokens that pods bring: the issuer. */
  readonly audience: string;
  readonly nodeName: string;
  /** `<kubelet root>/pods`: nothing outside is ever touched. */
  readonly podsDirectory: string;
  readonly release: ReleaseSecrets;
  readonly tmpfs: Tmpfs;
  readonly book: VolumeBook;
  readonly locks: TargetLocks;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly waits: PublishWaits;
  /** Aborts when the plugin is about to end: nobody waits any longer then. */
  readonly stopping: AbortSignal;
}

/** How long a call may take and whether anyone still waits for it. */
export interface CallContext {
  /** Aborts when kubelet gave the call up. */
  readonly cancelled: AbortSignal;
  /** When kubelet's patience ends, in milliseconds since the epoch; infinite without a deadline. */
  readonly deadline: number;
}
