// SPDX-License-Identifier: Apache-2.0
/** The file operation that event logs are read with. Linux, Documentation/security/tpm/tpm_event_log.rst. */

import { constants } from "node:fs";
import { open } from "node:fs/promises";

/** Errors are the kernel's. */
export interface LogFiles {
  /** All bytes of a file; of a longer one the first `most` and one more. */
  read(path: string, most: number): Promise<Uint8Array>;
}

/** The kernel's. */
export const systemLogFiles: LogFiles = {
  read: async (path, most) => {
    // Not blocking: a pipe in the log's place must not hold a thread for good.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const buffer = new Uint8Array(most + 1);
    let length = 0;
    // To its end, piece by piece: files of securityfs say that their size is 0.
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = (await file.read(buffer, length)).bytesRead;
    }
    return buffer.slice(0, length);
  },
};
