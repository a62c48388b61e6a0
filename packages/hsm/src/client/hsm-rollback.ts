// SPDX-License-Identifier: Apache-2.0
/** Going on with an older store on purpose: what the HSM host is asked for, and what it remembers of it. */

import type { LogHead, RollbackStatement } from "@strongroom/core";

/** A rollback that the HSM host has accepted. */
export interface AcceptedRollback {
  readonly statement: RollbackStatement;
  /** ES256 over `rollbackDigest` by the release root: r || s. */
  readonly signature: Uint8Array;
  /** Whether the audit log has it. */
  readonly recorded: boolean;
}

/** What the HSM host does about rollbacks. */
export interface HsmRollback {
  /**
   * Gives up every anchored head that is not among `heads`, which count from now on. The host signs a statement of it
   * with the release root first. Asked again with the same id, it answers the same and changes nothing. A rollback that
   * is not recorded is made good by the next one, which names what both give up.
   *
   * @param releaseRoot Blob of the release root's key.
   * @throws {StrongroomError} `BadParameter` beyond 8,000 heads, or 6,000 given up.
   */
  acceptRollback(
    releaseRoot: Uint8Array,
    restore: { readonly id: string; readonly heads: readonly LogHead[] },
  ): Promise<AcceptedRollback>;
  /** The last one; answers on a token without keys too. */
  rollback(): Promise<AcceptedRollback | undefined>;
  /** Says that the last one is in the audit log, under an anchored head. */
  rollbackRecorded(): Promise<void>;
}
