// SPDX-License-Identifier: Apache-2.0
/** Errors over the wire: code and message travel, the cause stays. */

import { isErrorCode, isStrongroomError, StrongroomError } from "@strongroom/core";
import type { WireFailure } from "./messages.ts";

/** What the other side may know of `error`. */
export function toWireFailure(error: unknown): WireFailure {
  return isStrongroomError(error)
    ? { code: error.code, message: error.message }
    : { code: "Internal", message: "the HSM host failed" };
}

/** The error that the other side sent. */
export function fromWireFailure(failure: WireFailure): StrongroomError {
  return isErrorCode(failure.code)
    ? new StrongroomError(failure.code, failure.message)
    : new StrongroomError("Internal", "the HSM host failed with a code that is unknown here");
}
