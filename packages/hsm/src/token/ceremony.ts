// SPDX-License-Identifier: Apache-2.0
/**
 * The key ceremony: an empty token becomes ours.
 *
 * KEK-N must be TRUSTED, which only the security officer can say, but an object that the officer stores on the token
 * cannot be private, and SoftHSM keeps public objects in clear. So the officer makes it as a session object, the user
 * logs in within the same session, and copies it to a private object of the token, which keeps TRUSTED.
 */

import { StrongroomError } from "@strongroom/core";
import pkcs11js from "pkcs11js";
import { type Attributes, toTemplate } from "./attributes.ts";
import { kekProfiles } from "./keks.ts";
import { findSlot, type Handle, type Pkcs11, tokenLabel } from "./pkcs11.ts";
import { type Session, withObject } from "./primitives.ts";
import { isReturnValue, toTokenError } from "./token-errors.ts";

/** PINs of a ceremony; the security officer's is forgotten after it. */
export interface CeremonyPins {
  readonly securityOfficer: string;
  readonly user: string;
}

/** Size of every key in bytes. */
const keyBytes = 32;

/**
 * Initialises the module's first uninitialised slot and makes the four keys.
 *
 * @throws {StrongroomError} `HsmRefused` if the token cannot; what it then holds is to be thrown away.
 */
export function performCeremony(module: Pkcs11, pins: CeremonyPins): void {
  try {
    const slot = initialiseToken(module, pins.securityOfficer);
    const flags = pkcs11js.CKF_SERIAL_SESSION | pkcs11js.CKF_RW_SESSION;
    const session = { module, handle: module.C_OpenSession(slot, flags) };
    module.C_Login(session.handle, pkcs11js.CKU_SO, pins.securityOfficer);
    module.C_InitPIN(session.handle, pins.user);
    const trusted = generateTrusted(session);
    module.C_Logout(session.handle);
    module.C_Login(session.handle, pkcs11js.CKU_USER, pins.user);
    withObject(session, trusted, () => copyToToken(session, trusted));
    generateOnToken(session, kekProfiles.e.attributes, kekProfiles.e.label);
    generateOnToken(session, kekProfiles.s.attributes, kekProfiles.s.label);
    generateOnToken(session, kekProfiles.a.attributes, kekProfiles.a.label);
    module.C_CloseAllSessions(slot);
  } catch (error) {
    throw toTokenError(error);
  }
}

function initialiseToken(module: Pkcs11, pin: string): Handle {
  const empty = module
    .C_GetSlotList(true)
    .find((slot) => (module.C_GetTokenInfo(slot).flags & pkcs11js.CKF_TOKEN_INITIALIZED) === 0);
  if (empty === undefined) {
    throw new StrongroomError("HsmRefused", "no slot has an uninitialised token");
  }
  // The field is 32 characters, padded with blanks: pkcs11js passes on what it gets.
  module.C_InitToken(empty, pin, tokenLabel.padEnd(32));
  const slot = findSlot(module, tokenLabel);
  if (slot === undefined) {
    throw new StrongroomError("HsmRefused", "the token did not keep its label");
  }
  return slot;
}

function generateTrusted(session: Session): Handle {
  const { CKA_MODIFIABLE: _, ...attributes } = kekProfiles.n.attributes;
  const asSessionObject = { ...attributes, CKA_TOKEN: false, CKA_PRIVATE: false };
  return generate(session, asSessionObject);
}

function copyToToken(session: Session, key: Handle): void {
  whereKnown({ CKA_COPYABLE: false }, (extra) => {
    // In this order: SoftHSM takes no attribute after CKA_MODIFIABLE has become false.
    const copy = {
      CKA_TOKEN: true,
      CKA_PRIVATE: true,
      CKA_LABEL: kekProfiles.n.label,
      ...extra,
      CKA_MODIFIABLE: false,
    };
    return session.module.C_CopyObject(session.handle, key, toTemplate(copy));
  });
}

function generateOnToken(session: Session, attributes: Attributes, label: string): void {
  whereKnown({ CKA_COPYABLE: false }, (extra) =>
    generate(session, { ...attributes, ...extra, CKA_LABEL: label }),
  );
}

function generate(session: Session, attributes: Attributes): Handle {
  const { CKA_CLASS: _, CKA_KEY_TYPE: keyType, ...template } = attributes;
  const mechanism =
    keyType === "CKK_AES" ? pkcs11js.CKM_AES_KEY_GEN : pkcs11js.CKM_GENERIC_SECRET_KEY_GEN;
  const full = toTemplate({ ...template, CKA_VALUE_LEN: keyBytes });
  return session.module.C_GenerateKey(session.handle, { mechanism }, full);
}

// CKA_COPYABLE came with PKCS#11 2.40; a token that does not take it in a call gets the call without it.
function whereKnown<T>(extra: Attributes, call: (extra: Attributes) => T): T {
  try {
    return call(extra);
  } catch (error) {
    const refusals = [
      pkcs11js.CKR_ATTRIBUTE_READ_ONLY,
      pkcs11js.CKR_ATTRIBUTE_TYPE_INVALID,
      pkcs11js.CKR_ATTRIBUTE_VALUE_INVALID,
      pkcs11js.CKR_TEMPLATE_INCONSISTENT,
    ];
    if (isReturnValue(error, ...refusals)) {
      return call({});
    }
    throw error;
  }
}
