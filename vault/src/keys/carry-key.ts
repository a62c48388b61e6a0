// SPDX-License-Identifier: Apache-2.0
/**
 * A key's material on its way out of a backup: a blob in the HSM is moved under the newest key encryption keys, and bound to
 * the vault that it goes into.
 */

import { isStrongroomError, type JsonValue } from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import { refusalOfBlob } from "../objects/backup/lost-keks.ts";
import type { CarryMaterial } from "../objects/backup/restore-backup.ts";
import { parseRecord } from "../vaults/vault-record.ts";
import { placeOf } from "./key-access.ts";
import { keyKind } from "./key-kind.ts";

/**
 * Carries key material; that of a software key goes as it is. Rejects with `BadParameter` if the key is under a key that the
 * HSM does not hold.
 */
export function createKeyCarrier(
  hsm: Pick<HsmClient, "rebind" | "rewrap" | "status">,
): CarryMaterial {
  return async ({ from, to, name, version, record, material }) => {
    const { protection } = parseRecord(keyKind.versionSchema, { ...record } as JsonValue);
    if (protection === "software") {
      return new Uint8Array(material);
    }
    const placeIn = (uid: string) => placeOf({ uid }, name, version);
    try {
      return from === to
        ? await hsm.rewrap(material)
        : await hsm.rebind(material, placeIn(from), placeIn(to));
    } catch (error) {
      throw isStrongroomError(error, "HsmBlobRejected")
        ? await refusalOfBlob(hsm, material)
        : error;
    }
  };
}
