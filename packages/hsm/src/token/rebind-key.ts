// SPDX-License-Identifier: Apache-2.0
/** The same key in another blob: at another place, or under the newest key encryption keys. */

import { StrongroomError } from "@strongroom/core";
import { encodeHeader, type OpenBlob } from "./blob.ts";
import { sealDataKey } from "./data-keys.ts";
import { leavingTemplate } from "./key-purposes.ts";
import { withObject, wrapKey } from "./primitives.ts";
import type { OpenToken } from "./token.ts";
import {
  authenticate,
  decryptDataKey,
  isNewest,
  type KeyPlace,
  kekOf,
  newHeader,
  requirePlace,
  seal,
  unwrapAs,
} from "./use-key.ts";

/** @throws {StrongroomError} `HsmBlobRejected` if the blob is not of this token, or does not belong to `from`. */
export function rebindKey(
  token: OpenToken,
  blob: Uint8Array,
  from: KeyPlace,
  to: KeyPlace,
): Uint8Array {
  const opened = authenticate(token, blob);
  requirePlace(opened.header, from);
  return moveKey(token, opened, to);
}

/**
 * The key of a blob under the newest keys; the blob itself, where it is already.
 *
 * @throws {StrongroomError} `HsmBlobRejected` if the blob is not of this token.
 */
export function rewrapKey(token: OpenToken, blob: Uint8Array): Uint8Array {
  const opened = authenticate(token, blob);
  return isNewest(token, opened.header) ? blob : moveKey(token, opened, opened.header);
}

function moveKey(token: OpenToken, opened: OpenBlob, to: KeyPlace): Uint8Array {
  const header = newHeader(token, { ...opened.header, scope: to.scope, keyId: to.keyId });
  if (header.class === "S") {
    // AES-GCM has bound it to the header.
    const key = decryptDataKey(token, opened);
    try {
      return sealDataKey(token, header, key);
    } finally {
      key.fill(0);
    }
  }
  const wrapped = isNewest(token, opened.header) ? opened.wrapped : wrapAnew(token, opened);
  return seal(token, encodeHeader(header), wrapped);
}

// Both under trusted keys: what never leaves goes from one to the other inside the token.
function wrapAnew(token: OpenToken, opened: OpenBlob): Uint8Array {
  const { keyType, class: keyClass } = opened.header;
  if (keyClass === "S") {
    throw new StrongroomError("Internal", "a data key is not wrapped");
  }
  const template = leavingTemplate(keyType, keyClass);
  return withObject(token, unwrapAs(token, opened, template), (key) =>
    wrapKey(token, kekOf(token, keyClass), key),
  );
}
