// SPDX-License-Identifier: Apache-2.0
/** What making and opening the keys of certificates works with. */

import type { HsmClient } from "@strongroom/hsm/client";
import type { KeyMakerDeps } from "../keys/prepare-key.ts";
import type { Ledger, RecordReader } from "../ledger/ledger.ts";
import type { MaterialOpener } from "../objects/material.ts";

/** HSM, records and subkeys. */
export interface CertificateKeyDeps extends KeyMakerDeps, MaterialOpener {
  readonly ledger: RecordReader & Pick<Ledger, "readValue">;
  readonly hsm: Pick<HsmClient, "generateKey" | "importKey" | "importWrapped" | "rebind" | "sign">;
}
