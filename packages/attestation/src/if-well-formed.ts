// SPDX-License-Identifier: Apache-2.0
/** Asks a reader that may find nothing of its form, where others are asked after it. */

import { isStrongroomError } from "@strongroom/core";

/** What `read` answers; undefined where it meets malformed bytes. Every other error is passed on. */
export function ifWellFormed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isStrongroomError(error, "EvidenceMalformed")) {
      return undefined;
    }
    throw error;
  }
}
