// SPDX-License-Identifier: Apache-2.0
/** A class E key leaves, encrypted to an RSA key. */

import type { ReleaseTarget } from "../keys/release-target.ts";
import { rejected } from "./blob.ts";
import { leavingTemplate } from "./key-purposes.ts";
import { withObject } from "./primitives.ts";
import type { OpenToken } from "./token.ts";
import { authenticate, type KeyPlace, requirePlace, unwrapAs } from "./use-key.ts";
import { parseTarget, wrapToTarget } from "./wrap-to-target.ts";

/** @throws {StrongroomError} `HsmBlobRejected` for a key of another class; `BadParameter` for another target. */
export function releaseKey(
  token: OpenToken,
  what: { readonly blob: Uint8Array; readonly place?: KeyPlace | undefined },
  target: ReleaseTarget,
): Uint8Array {
  const to = parseTarget(target);
  const opened = authenticate(token, what.blob);
  const { header } = opened;
  requirePlace(header, what.place);
  if (header.class !== "E" || header.keyType === "secret-256") {
    throw rejected("the key of this blob is not released");
  }
  const template = leavingTemplate(header.keyType, header.class);
  return withObject(token, unwrapAs(token, opened, template), (key) =>
    wrapToTarget(token, key, to),
  );
}
