// SPDX-License-Identifier: Apache-2.0
/** Opening the token: one session, one login, mechanisms probed, keys found and checked. */

import { StrongroomError } from "@strongroom/core";
import pkcs11js from "pkcs11js";
import { whoEnforces } from "./enforced-by.ts";
import { findGenerations } from "./keks.ts";
import { keyCheckValues } from "./key-check-values.ts";
import { LoadedKeys } from "./loaded-keys.ts";
import { probeMechanisms } from "./mechanisms.ts";
import { findSlot, type Handle, type Pkcs11, tokenLabel, trimPadding } from "./pkcs11.ts";
import type { Session } from "./primitives.ts";
import { probeToken } from "./probe-token.ts";
import type { OpenGeneration, OpenToken, TokenIdentity } from "./token.ts";
import { isReturnValue, toTokenError } from "./token-errors.ts";

/**
 * Opens the token `strongroom` with one login.
 *
 * Every earlier session of this process ends, and with it every loaded key.
 *
 * @throws {StrongroomError} `HsmUnavailable` if the token is away, `PinIncorrect`, `HsmRefused` if it lacks what we
 * need, `NotActivated` if it holds no keys yet.
 */
export function openToken(module: Pkcs11, pin: string): OpenToken {
  try {
    const slot = requireSlot(module);
    module.C_CloseAllSessions(slot);
    const session = { module, handle: logIn(module, slot, pin) };
    const { keyWrap } = probeMechanisms(session, slot);
    const [newest, ...older] = openGenerations(session, keyWrap);
    if (newest === undefined) {
      throw new StrongroomError(
        "NotActivated",
        "the token has no keys: its security domain is to be downloaded first",
      );
    }
    const { keks, kekIds } = newest;
    return {
      ...session,
      generations: [newest, ...older],
      keks,
      kekIds,
      keyWrap,
      computable: probeToken(session, keyWrap),
      enforcedBy: whoEnforces(session, { mechanism: keyWrap, key: keks.n }),
      identity: identify(module, slot),
      loaded: new LoadedKeys(session),
    };
  } catch (error) {
    throw toTokenError(error);
  }
}

/** CKS_RO_USER_FUNCTIONS: a read-only session of a process that is logged in as user. */
const loggedIn = 1;

/** What one thread found out about the token, which another need not ask again. */
export type KnownToken = Pick<OpenToken, "keyWrap" | "computable" | "enforcedBy" | "identity">;

/**
 * Opens a session of this thread's own on the token that another thread opened and logged into. The PIN is not needed, and
 * not known: login belongs to the process.
 *
 * @throws {StrongroomError} `HsmUnavailable` if the process is not logged in, or the token is away.
 */
export function attachToken(module: Pkcs11, known: KnownToken): OpenToken {
  const handle = module.C_OpenSession(requireSlot(module), pkcs11js.CKF_SERIAL_SESSION);
  const session = { module, handle };
  if (module.C_GetSessionInfo(handle).state !== loggedIn) {
    module.C_CloseSession(handle);
    throw new StrongroomError("HsmUnavailable", "the token is not open");
  }
  const [newest, ...older] = openGenerations(session, known.keyWrap);
  if (newest === undefined) {
    throw new StrongroomError("HsmUnavailable", "the token has no keys");
  }
  const { keks, kekIds } = newest;
  const generations = [newest, ...older] as const;
  const { keyWrap, computable, enforcedBy, identity } = known;
  const loaded = new LoadedKeys(session);
  return {
    ...session,
    keyWrap,
    computable,
    enforcedBy,
    identity,
    keks,
    kekIds,
    generations,
    loaded,
  };
}

function openGenerations(session: Session, keyWrap: number): readonly OpenGeneration[] {
  return findGenerations(session).map((generation) => ({
    ...generation,
    kekIds: keyCheckValues(session, generation.keks, keyWrap),
  }));
}

function requireSlot(module: Pkcs11): Handle {
  const slot = findSlot(module, tokenLabel);
  if (slot === undefined) {
    throw new StrongroomError("HsmUnavailable", `no token with label ${tokenLabel} is present`);
  }
  return slot;
}

// The session is read-only: requests make session objects, and nothing here can write to the token.
function logIn(module: Pkcs11, slot: Handle, pin: string): Handle {
  const session = module.C_OpenSession(slot, pkcs11js.CKF_SERIAL_SESSION);
  try {
    module.C_Login(session, pkcs11js.CKU_USER, pin);
  } catch (error) {
    // Login belongs to the process: another session may have kept it.
    if (!isReturnValue(error, pkcs11js.CKR_USER_ALREADY_LOGGED_IN)) {
      throw error;
    }
  }
  return session;
}

function identify(module: Pkcs11, slot: Handle): TokenIdentity {
  const info = module.C_GetTokenInfo(slot);
  return {
    label: trimPadding(info.label),
    manufacturer: trimPadding(info.manufacturerID),
    model: trimPadding(info.model),
    serial: trimPadding(info.serialNumber),
  };
}
