// SPDX-License-Identifier: Apache-2.0
/** A session that security officer and user take in turns: objects of the session outlive a login, so one can hand over. */

import pkcs11js from "pkcs11js";
import { probeMechanisms } from "../token/mechanisms.ts";
import type { Handle, Pkcs11 } from "../token/pkcs11.ts";
import type { Session } from "../token/primitives.ts";

/** PINs of a ceremony. */
export interface CeremonyPins {
  readonly securityOfficer: string;
  readonly user: string;
}

/** A session in which nobody is logged in. */
export interface CeremonySession extends Session {
  readonly slot: Handle;
  readonly pins: CeremonyPins;
}

/** A session whose token's mechanisms were tried. */
export interface ProbedSession extends CeremonySession {
  /** The token's mechanism for RFC 5649. */
  readonly keyWrap: number;
}

/** Opens a session that can write to the token. */
export function openSession(module: Pkcs11, slot: Handle, pins: CeremonyPins): CeremonySession {
  const flags = pkcs11js.CKF_SERIAL_SESSION | pkcs11js.CKF_RW_SESSION;
  return { module, slot, pins, handle: module.C_OpenSession(slot, flags) };
}

/** Tries the token's mechanisms. @throws {StrongroomError} `HsmRefused` if one is missing or wrong */
export function probe(session: CeremonySession): ProbedSession {
  const { keyWrap } = asUser(session, () => probeMechanisms(session, session.slot));
  return { ...session, keyWrap };
}

/** Does something as the security officer, who alone can say that a key is trusted. */
export function asOfficer<T>(session: CeremonySession, work: () => T): T {
  return as(session, pkcs11js.CKU_SO, session.pins.securityOfficer, work);
}

/** Does something as the user, who alone can make private objects. */
export function asUser<T>(session: CeremonySession, work: () => T): T {
  return as(session, pkcs11js.CKU_USER, session.pins.user, work);
}

function as<T>(session: CeremonySession, user: number, pin: string, work: () => T): T {
  session.module.C_Login(session.handle, user, pin);
  try {
    return work();
  } finally {
    session.module.C_Logout(session.handle);
  }
}
