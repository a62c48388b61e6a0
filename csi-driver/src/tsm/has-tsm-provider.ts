// SPDX-License-Identifier: Apache-2.0
/**
 * Whether a TEE answers behind configfs-tsm. Its folder is there wherever the kernel's module is loaded, on hosts and in
 * plain machines as well: only a report that can be made says that something would fill it.
 */

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { fromUtf8, type Log, toHex } from "@strongroom/core";
import { isTsmProvider, type TsmFiles } from "./tsm-files.ts";

/** What looking takes. */
export interface TsmDetectionDeps {
  readonly files: TsmFiles;
  readonly log: Log;
  /** `/sys/kernel/config/tsm/report`. */
  readonly root: string;
}

/** Makes a report, asks whose it would be, and removes it; nothing is asked of the TEE. */
export async function hasTsmProvider({ files, log, root }: TsmDetectionDeps): Promise<boolean> {
  const folder = join(root, `strongroom-${toHex(randomBytes(8))}`);
  try {
    await files.makeReport(folder);
  } catch {
    // No folder, no provider, no right: whichever it is, this is not what the node can attest with.
    return false;
  }
  try {
    return isTsmProvider(fromUtf8(await files.read(folder, "provider")).trim());
  } catch {
    return false;
  } finally {
    await files.removeReport(folder).catch((error: unknown) => {
      log.failure("a report was not removed", error);
    });
  }
}
