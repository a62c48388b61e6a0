// SPDX-License-Identifier: Apache-2.0
/** The security domain's routes over an open store: events are leaves, and keys in the store follow a rotation. */

import type { Clock } from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import type { DomainRouteDeps } from "../http/manage/domain-routes.ts";
import type { RequestDeps } from "../http/request-context.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { type KeyMover, recordGenerations } from "./move-keys.ts";

/** What they stand on. */
export interface OpenDomainDeps {
  readonly hsm: HsmClient;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly mover: KeyMover;
  /** Opens the store anew. */
  readonly reopen: () => void;
}

/** What these routes work with, but for what all routes do. */
export function openDomain(deps: OpenDomainDeps): Omit<DomainRouteDeps, keyof RequestDeps> {
  const { hsm, ledger, mover, reopen } = deps;
  return {
    hsm,
    recoveryRequired: false,
    outdated: mover.outdated,
    beforeRetiring: () => recordGenerations(deps, "retired"),
    record: async (event) => {
      await ledger.commit(async () => ({ event, result: undefined }));
    },
    onKeysChanged: (act) => {
      if (act === "retired") {
        // What this process remembers of keys is under what was destroyed.
        reopen();
      } else {
        mover.wake();
      }
    },
  };
}
