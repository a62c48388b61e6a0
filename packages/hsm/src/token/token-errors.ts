// SPDX-License-Identifier: Apache-2.0
/** What a return value of PKCS#11 means to a caller. */

import { isStrongroomError, StrongroomError } from "@strongroom/core";
import pkcs11js from "pkcs11js";

/** The session, its objects or the token are gone: opening the token again may help. */
const lost: ReadonlySet<number> = new Set([
  pkcs11js.CKR_DEVICE_ERROR,
  pkcs11js.CKR_DEVICE_REMOVED,
  pkcs11js.CKR_KEY_HANDLE_INVALID,
  pkcs11js.CKR_OBJECT_HANDLE_INVALID,
  // A call that failed half-way is still going on: only another session gets rid of it.
  pkcs11js.CKR_OPERATION_ACTIVE,
  pkcs11js.CKR_SESSION_CLOSED,
  pkcs11js.CKR_SESSION_HANDLE_INVALID,
  pkcs11js.CKR_SLOT_ID_INVALID,
  pkcs11js.CKR_TOKEN_NOT_PRESENT,
  pkcs11js.CKR_TOKEN_NOT_RECOGNIZED,
  pkcs11js.CKR_USER_NOT_LOGGED_IN,
]);

/** The token cannot do it now, for want of memory or for a reason of its own. */
const passing: ReadonlySet<number> = new Set([
  pkcs11js.CKR_DEVICE_MEMORY,
  pkcs11js.CKR_FUNCTION_FAILED,
  pkcs11js.CKR_GENERAL_ERROR,
  pkcs11js.CKR_HOST_MEMORY,
  pkcs11js.CKR_SESSION_COUNT,
]);

/** The token does not take this PIN; it may lock itself if it is tried again. */
const wrongPin: ReadonlySet<number> = new Set([
  pkcs11js.CKR_PIN_EXPIRED,
  pkcs11js.CKR_PIN_INCORRECT,
  pkcs11js.CKR_PIN_INVALID,
  pkcs11js.CKR_PIN_LEN_RANGE,
  pkcs11js.CKR_PIN_LOCKED,
]);

/** A return value of the module that is not CKR_OK. */
interface ReturnValue {
  readonly name: string;
  readonly code: number;
  readonly call: string;
}

// pkcs11js makes no Pkcs11Error of what C_CreateObject and C_CopyObject return, but an Error "NAME:CODE".
function toReturnValue(error: unknown): ReturnValue | undefined {
  if (error instanceof pkcs11js.Pkcs11Error) {
    const { message: name, code, method } = error;
    return { name, code, call: method === "" ? "a call" : method };
  }
  const [, name, code] =
    error instanceof Error ? (/^(CKR_\w+):(\d+)/.exec(error.message) ?? []) : [];
  return name === undefined ? undefined : { name, code: Number(code), call: "a call" };
}

/** Whether `error` says that the token refused or failed a call, whatever its reason. */
export function isTokenError(error: unknown): boolean {
  return toReturnValue(error) !== undefined;
}

/** Whether opening the token again may make the failed call succeed. */
export function isTokenLost(error: unknown): boolean {
  const value = toReturnValue(error);
  return value !== undefined && lost.has(value.code);
}

/**
 * Whether `error` may be for what a caller sent: the token refused or failed a call, and is not lost.
 *
 * Some tokens call everything that OpenSSL refuses an error of the device. One that is really broken shows at the next call.
 */
export function mayBeInput(error: unknown): boolean {
  return (
    isReturnValue(error, pkcs11js.CKR_DEVICE_ERROR) || (isTokenError(error) && !isTokenLost(error))
  );
}

/** Whether `error` is one of the module's answers `codes`. */
export function isReturnValue(error: unknown, ...codes: readonly number[]): boolean {
  const value = toReturnValue(error);
  return value !== undefined && codes.includes(value.code);
}

/** The error for our callers; names of return values (`CKR_…`) are no secret. */
export function toTokenError(error: unknown): StrongroomError {
  if (isStrongroomError(error)) {
    return error;
  }
  const value = toReturnValue(error);
  if (value === undefined) {
    return new StrongroomError("Internal", "a call of the token failed", { cause: error });
  }
  const { name, code, call } = value;
  if (wrongPin.has(code)) {
    const message = `the token does not accept the PIN (${name}); it is not tried again`;
    return new StrongroomError("PinIncorrect", message, { cause: error });
  }
  return lost.has(code) || passing.has(code)
    ? new StrongroomError("HsmUnavailable", `the token failed ${call}: ${name}`, { cause: error })
    : new StrongroomError("HsmRefused", `the token refused ${call}: ${name}`, { cause: error });
}
