// SPDX-License-Identifier: Apache-2.0
/** The same key at another place: another header and tag over the same wrapped key; a data key is encrypted anew. */

import { encodeHeader } from "./blob.ts";
import { sealDataKey } from "./data-keys.ts";
import type { OpenToken } from "./token.ts";
import { authenticate, decryptDataKey, type KeyPlace, requirePlace, seal } from "./use-key.ts";

/** @throws {StrongroomError} `HsmBlobRejected` if the blob is not of this token, or does not belong to `from`. */
export function rebindKey(
  token: OpenToken,
  blob: Uint8Array,
  from: KeyPlace,
  to: KeyPlace,
): Uint8Array {
  const opened = authenticate(token, blob);
  requirePlace(opened.header, from);
  const header = { ...opened.header, scope: to.scope, keyId: to.keyId };
  if (header.class !== "S") {
    return seal(token, encodeHeader(header), opened.wrapped);
  }
  // AES-GCM has bound it to the header.
  const key = decryptDataKey(token, opened);
  try {
    return sealDataKey(token, header, key);
  } finally {
    key.fill(0);
  }
}
