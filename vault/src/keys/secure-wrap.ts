// SPDX-License-Identifier: Apache-2.0
/** Key Vault's secureWrapKey (2026-01-01-preview): a data key that nobody outside gets to see before it is unwrapped. */

import { randomBytes } from "node:crypto";
import type { SecureWrapAlgorithm } from "@strongroom/hsm/client";
import { secureWrapFor } from "./algorithms.ts";
import { encryptWithKey } from "./cipher-with-key.ts";
import type { KeyUseDeps, UsedKey } from "./key-use.ts";

/** Bytes of the data key: an AES-256 key. */
const dataKeyBytes = 32;

/** A fresh AES-256 key, wrapped: made in the HSM by a key of the HSM, else here. @throws {StrongroomError} `BadParameter` */
export async function secureWrapWithKey(deps: KeyUseDeps, used: UsedKey): Promise<Uint8Array> {
  const { found, vault, algorithm } = used;
  secureWrapFor(found.version.type, algorithm);
  const opened = await deps.access.open(vault, found);
  if (opened.kind === "hsm") {
    return await deps.hsm.secureWrap(opened.blob, algorithm as SecureWrapAlgorithm, opened.place);
  }
  const fresh = new Uint8Array(randomBytes(dataKeyBytes));
  try {
    return (await encryptWithKey(deps, used, "key", { bytes: fresh })).bytes;
  } finally {
    fresh.fill(0);
  }
}
