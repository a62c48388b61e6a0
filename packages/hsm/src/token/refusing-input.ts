// SPDX-License-Identifier: Apache-2.0
/** A caller's input that the token does not take, said in one way whatever the token said: no oracle, no blame on the token. */

import { StrongroomError } from "@strongroom/core";
import { mayBeInput } from "./token-errors.ts";

/** @throws {StrongroomError} `BadParameter` with `message` if the token refuses or fails `work`, unless it was lost. */
export function refusingInput<T>(message: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw mayBeInput(error) ? new StrongroomError("BadParameter", message) : error;
  }
}
