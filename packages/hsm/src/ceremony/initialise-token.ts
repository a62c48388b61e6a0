// SPDX-License-Identifier: Apache-2.0
/** An empty token gets its label and its PINs; it holds no key yet. */

import { StrongroomError } from "@strongroom/core";
import pkcs11js from "pkcs11js";
import { findSlot, type Pkcs11, tokenLabel } from "../token/pkcs11.ts";
import {
  asOfficer,
  type CeremonyPins,
  openSession,
  type ProbedSession,
  probe,
} from "./ceremony-session.ts";

/**
 * Initialises the module's first uninitialised slot.
 *
 * @throws {StrongroomError} `HsmRefused` if there is none, or the token lacks what we need.
 */
export function initialiseToken(module: Pkcs11, pins: CeremonyPins): ProbedSession {
  const empty = module
    .C_GetSlotList(true)
    .find((slot) => (module.C_GetTokenInfo(slot).flags & pkcs11js.CKF_TOKEN_INITIALIZED) === 0);
  if (empty === undefined) {
    throw new StrongroomError("HsmRefused", "no slot has an uninitialised token");
  }
  // The field is 32 characters, padded with blanks: pkcs11js passes on what it gets.
  module.C_InitToken(empty, pins.securityOfficer, tokenLabel.padEnd(32));
  const slot = findSlot(module, tokenLabel);
  if (slot === undefined) {
    throw new StrongroomError("HsmRefused", "the token did not keep its label");
  }
  const session = openSession(module, slot, pins);
  asOfficer(session, () => module.C_InitPIN(session.handle, pins.user));
  return probe(session);
}
