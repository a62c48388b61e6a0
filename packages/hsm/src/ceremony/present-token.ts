// SPDX-License-Identifier: Apache-2.0
/** The token that a ceremony works on: which generations it holds, and taking old ones away. */

import { StrongroomError } from "@strongroom/core";
import { findGenerations, kekNames, maxGenerations } from "../token/keks.ts";
import { findSlot, type Pkcs11, tokenLabel } from "../token/pkcs11.ts";
import {
  asUser,
  type CeremonyPins,
  openSession,
  type ProbedSession,
  probe,
} from "./ceremony-session.ts";

/** A ceremony's session, and the number of the newest generation: 0 if there is none. */
export interface PresentToken {
  readonly session: ProbedSession;
  readonly newest: number;
}

/** Opens the initialised token. @throws {StrongroomError} `HsmRefused` if it is none of ours. */
export function openPresent(module: Pkcs11, pins: CeremonyPins): PresentToken {
  const slot = findSlot(module, tokenLabel);
  if (slot === undefined) {
    throw new StrongroomError("HsmRefused", "the token is not in files that can be copied");
  }
  module.C_CloseAllSessions(slot);
  const session = probe(openSession(module, slot, pins));
  const generations = asUser(session, () => findGenerations(session));
  return { session, newest: generations[0]?.number ?? 0 };
}

/** @throws {StrongroomError} `Conflict` if the token has as many generations as it may. */
export function requireRoom({ session }: PresentToken): void {
  const generations = asUser(session, () => findGenerations(session));
  if (generations.length >= maxGenerations) {
    throw new StrongroomError("Conflict", "retire the old key encryption keys first");
  }
}

/** Destroys every generation but the newest. @throws {StrongroomError} `Conflict` if there is no other. */
export function destroyOlder({ session }: PresentToken): void {
  asUser(session, () => {
    const [, ...older] = findGenerations(session);
    if (older.length === 0) {
      throw new StrongroomError("Conflict", "there are no old key encryption keys");
    }
    for (const { keks } of older) {
      for (const name of kekNames) {
        session.module.C_DestroyObject(session.handle, keks[name]);
      }
    }
  });
}
