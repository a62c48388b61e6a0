// SPDX-License-Identifier: Apache-2.0
/** Data keys of backups: used inside the token alone, and carried by each backup as a blob. */

import { type DeriveSubkey, isStrongroomError } from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import { refusalOfBlob } from "./lost-keks.ts";

/** Data keys of backups. */
export interface BackupKeys {
  /** The key for new backups: made on first use, one for each process. */
  current(): Promise<{ readonly keyBlob: Uint8Array; readonly derive: DeriveSubkey }>;
  /** Derives from the key that a backup carries. Rejects with `BadParameter` if this HSM did not wrap it, or not under a key that it holds. */
  of(keyBlob: Uint8Array): DeriveSubkey;
}

/** The same in every installation, or a backup could not be carried from one to another. */
const place = { scope: "backup", keyId: "backup" } as const;

/** Keys in the HSM. */
export function createBackupKeys(
  hsm: Pick<HsmClient, "generateDataKey" | "subkey" | "status">,
): BackupKeys {
  let made: Promise<Uint8Array> | undefined;
  const of: BackupKeys["of"] = (keyBlob) => async (label, context) => {
    try {
      return await hsm.subkey(keyBlob, label, context, place);
    } catch (error) {
      throw isStrongroomError(error, "HsmBlobRejected") ? await refusalOfBlob(hsm, keyBlob) : error;
    }
  };
  return {
    of,
    current: async () => {
      made ??= hsm.generateDataKey({ ...place, operations: ["subkey"] });
      made.catch(() => {
        made = undefined;
      });
      const keyBlob = await made;
      return { keyBlob, derive: of(keyBlob) };
    },
  };
}
