// SPDX-License-Identifier: Apache-2.0
/** Checks of what a client sends. */

import { StrongroomError } from "@strongroom/core";
import type { KeyOperation } from "../token/key-profiles.ts";
import type { KeyUseRequest } from "../token/verbs.ts";
import { maxNameLength } from "../wire/limits.ts";
import type { WirePlace } from "../wire/messages.ts";

/** @throws {StrongroomError} `BadParameter` with `message` unless `holds`. */
export function requireParameter(holds: boolean, message: string): void {
  if (!holds) {
    throw new StrongroomError("BadParameter", message);
  }
}

/** A scope or key id: 1 to 253 printable ASCII characters. @throws {StrongroomError} `BadParameter` */
export function requireName(text: string): string {
  const named = text.length <= maxNameLength && /^[!-~]+$/.test(text);
  requireParameter(named, "scope and key id have 1 to 253 printable characters");
  return text;
}

/** A SHA-256 digest. @throws {StrongroomError} `BadParameter` */
export function requireDigest(bytes: Uint8Array): Uint8Array {
  requireParameter(bytes.length === 32, "ES256 signs a digest of 32 bytes");
  return bytes;
}

/** The use of a blob for `operation`. */
export function toKeyUse(
  payload: { readonly blob: Uint8Array; readonly place?: WirePlace | null | undefined },
  operation: KeyOperation,
): KeyUseRequest {
  return { blob: payload.blob, operation, place: payload.place ?? undefined };
}
