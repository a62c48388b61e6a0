// SPDX-License-Identifier: Apache-2.0
/** How statements and records name a wrapped data key. */

import { fromBase64url, sha256, toBase64url } from "@strongroom/core";
import type { WrappedKey } from "./release.ts";

/** SHA-256 of the wrapped key, base64url. */
export function wrappedKeyDigest({ value }: Pick<WrappedKey, "value">): string {
  return toBase64url(sha256(fromBase64url(value)));
}
