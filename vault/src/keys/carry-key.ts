// SPDX-License-Identifier: Apache-2.0
/** A key's material on its way into another vault: a blob in the HSM names its place and is bound to the new one. */

import type { JsonValue } from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import type { CarryMaterial } from "../objects/backup/restore-backup.ts";
import { parseRecord } from "../vaults/vault-record.ts";
import { placeOf } from "./key-access.ts";
import { keyKind } from "./key-kind.ts";

/** Carries key material; that of a software key goes as it is. */
export function createKeyCarrier(hsm: Pick<HsmClient, "rebind">): CarryMaterial {
  return async ({ from, to, name, version, record, material }) => {
    const { protection } = parseRecord(keyKind.versionSchema, { ...record } as JsonValue);
    if (protection === "software" || from === to) {
      return new Uint8Array(material);
    }
    const placeIn = (uid: string) => placeOf({ uid }, name, version);
    return await hsm.rebind(material, placeIn(from), placeIn(to));
  };
}
