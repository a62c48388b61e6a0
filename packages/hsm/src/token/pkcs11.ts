// SPDX-License-Identifier: Apache-2.0
/** The PKCS#11 module: loading it, and the part of its functions that the host uses. */

import { StrongroomError } from "@strongroom/core";
import pkcs11js, { type PKCS11 } from "pkcs11js";

/**
 * The calls that the host makes, the synchronous ones only: pkcs11js's `…Async` calls read a session's memory after it
 * may have been freed.
 */
export type Pkcs11 = Pick<
  PKCS11,
  | "C_CloseAllSessions"
  | "C_CloseSession"
  | "C_CopyObject"
  | "C_CreateObject"
  | "C_Decrypt"
  | "C_DecryptInit"
  | "C_DeriveKey"
  | "C_DestroyObject"
  | "C_Encrypt"
  | "C_EncryptInit"
  | "C_Finalize"
  | "C_FindObjects"
  | "C_FindObjectsFinal"
  | "C_FindObjectsInit"
  | "C_GenerateKey"
  | "C_GenerateKeyPair"
  | "C_GenerateRandom"
  | "C_GetAttributeValue"
  | "C_GetInfo"
  | "C_GetMechanismInfo"
  | "C_GetMechanismList"
  | "C_GetSessionInfo"
  | "C_GetSlotList"
  | "C_GetTokenInfo"
  | "C_Initialize"
  | "C_InitPIN"
  | "C_InitToken"
  | "C_Login"
  | "C_Logout"
  | "C_OpenSession"
  | "C_SetAttributeValue"
  | "C_Sign"
  | "C_SignInit"
  | "C_UnwrapKey"
  | "C_WrapKey"
>;

/** Handle of a slot, session or object. */
export type Handle = Buffer;

/** Label of the token that holds our keys. */
export const tokenLabel = "strongroom";

/**
 * Loads the module at `path` and initialises it with the operating system's locks.
 *
 * @throws {StrongroomError} `HsmRefused` if it cannot be loaded.
 */
export function loadModule(path: string): Pkcs11 {
  const module = new pkcs11js.PKCS11();
  try {
    module.load(path);
    module.C_Initialize({ flags: pkcs11js.CKF_OS_LOCKING_OK });
  } catch (cause) {
    throw new StrongroomError("HsmRefused", "the PKCS#11 module cannot be loaded", { cause });
  }
  return module;
}

/** Loads the module in another thread of a process that has it initialised. @throws {StrongroomError} as `loadModule`. */
export function joinModule(path: string): Pkcs11 {
  const module = new pkcs11js.PKCS11();
  try {
    module.load(path);
  } catch (cause) {
    throw new StrongroomError("HsmRefused", "the PKCS#11 module cannot be loaded", { cause });
  }
  return module;
}

/** The slot whose token has `label`, if one is present. */
export function findSlot(module: Pkcs11, label: string): Handle | undefined {
  return module.C_GetSlotList(true).find((slot) => labelOf(module, slot) === label);
}

function labelOf(module: Pkcs11, slot: Handle): string {
  return trimPadding(module.C_GetTokenInfo(slot).label);
}

/** Text of a fixed-size field, which is padded with blanks, and by some modules with zero bytes. */
export function trimPadding(field: string): string {
  return field.replace(/[\s\0]+$/, "");
}
