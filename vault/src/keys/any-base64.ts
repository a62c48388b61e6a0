// SPDX-License-Identifier: Apache-2.0
/** Bytes in base64 of any spelling: Key Vault takes base64 and base64url (RFC 4648, sections 4 and 5), padded or not, where its clients send either. */

import { fromBase64url } from "@strongroom/core";

/** Decodes it. @throws {StrongroomError} `BadParameter` on anything else. */
export function fromAnyBase64(text: string): Uint8Array<ArrayBuffer> {
  const unpadded = text.length % 4 === 0 ? text.replace(/={1,2}$/, "") : text;
  return fromBase64url(unpadded.replaceAll("+", "-").replaceAll("/", "_"));
}
