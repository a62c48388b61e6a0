// SPDX-License-Identifier: Apache-2.0
/** Rotates the keys of attestation tokens: by the calendar, and when an administrator says so. */

import type { Clock, Log } from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import { decide } from "../../audit/decide.ts";
import { type RequestContext, systemEvent } from "../../audit/event.ts";
import { makeTokenKey } from "../../installation/token-key.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import {
  dueStep,
  openTokenKeys,
  type PublishedKey,
  promoteNext,
  publishNext,
  type RotationStep,
  type TokenKeys,
} from "./token-keys.ts";

/** What rotation works with. */
export interface RotationDeps {
  readonly hsm: HsmClient;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
}

/** The keys in use, which change. */
export interface TokenKeySource {
  current(): TokenKeys;
  /** Has the next key sign from now on; tokens of the last one verify until they expire. */
  rotate(context: RequestContext): Promise<readonly PublishedKey[]>;
  /** Does what is due by the calendar until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** Milliseconds between two looks at the calendar. */
const lookInterval = 60_000;

/** Opens the keys of the installation. */
export async function openTokenKeySource(deps: RotationDeps): Promise<TokenKeySource> {
  const { hsm, ledger, clock, log } = deps;
  let keys = await openTokenKeys(hsm, ledger);
  const reopen = async () => {
    keys = await openTokenKeys(hsm, ledger);
  };
  return {
    current: () => keys,
    rotate: async (context) => {
      const made = await makeTokenKey(hsm, context.at);
      await decide(ledger, {
        ...{ context, operationName: "TokenKeyRotate", properties: { retired: keys.current.kid } },
        work: async (tx) => {
          await publishNext(tx, made);
          await promoteNext(tx, context.at);
          return { result: undefined };
        },
      });
      await reopen();
      return keys.published(context.at);
    },
    run: async (signal) => {
      while (!signal.aborted) {
        await takeDueStep(deps)
          .then((taken) => (taken === "none" ? undefined : reopen()))
          .catch((error: unknown) => {
            log.failure("the key of attestation tokens stays for now", error);
          });
        await clock.sleep(lookInterval, signal).catch(() => undefined);
      }
    },
  };
}

/** One look at the calendar; says what it did. */
export async function takeDueStep(deps: RotationDeps): Promise<RotationStep> {
  const { hsm, ledger, clock, log } = deps;
  const at = clock.now();
  const step = await dueStep(hsm, ledger, at);
  if (step === "none") {
    return step;
  }
  const made = step === "publish" ? await makeTokenKey(hsm, at) : undefined;
  await ledger.commit(async (tx) => {
    await (made === undefined ? promoteNext(tx, at) : publishNext(tx, made));
    return { event: systemEvent("TokenKeyRotate", at, { step }), result: undefined };
  });
  log.info(
    step === "publish"
      ? "the next key of attestation tokens is published"
      : "attestation tokens have a new key",
  );
  return step;
}
