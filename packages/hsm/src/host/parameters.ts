// SPDX-License-Identifier: Apache-2.0
/** Checks of what a client sends. */

import { type LogHead, StrongroomError, toHex } from "@strongroom/core";
import { type ExchangeHash, exchangeHashes } from "../keys/algorithms.ts";
import { isAes, isEc, isRsa, type KeyType } from "../keys/key-types.ts";
import type { ReleaseTarget } from "../keys/release-target.ts";
import type { NewKey } from "../token/generate-key.ts";
import type { KeyOperation } from "../token/key-profiles.ts";
import type { KeyPlace, KeyUseRequest } from "../token/use-key.ts";
import { maxCallerKeyBytes, maxDataBytes, maxNameLength } from "../wire/limits.ts";
import type {
  WireHead,
  WireKey,
  WireKeySpec,
  WirePlace,
  WireTarget,
} from "../wire/verb-messages.ts";
import { requireHead } from "./anchor.ts";

/** Bytes of AES's block. */
const blockBytes = 16;

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

/** @throws {StrongroomError} `BadParameter` unless `name` is one of a table's. */
export function requireOneOf<T extends string>(
  table: { readonly [name in T]: unknown },
  name: string,
  what: string,
): T {
  requireParameter(Object.hasOwn(table, name), `the HSM host knows no such ${what}`);
  return name as T;
}

/** Data of a caller's. @throws {StrongroomError} `BadParameter` if its parts are too long together. */
export function requireData(...parts: readonly Uint8Array[]): void {
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  requireParameter(
    bytes <= maxDataBytes,
    `the HSM host takes at most ${maxDataBytes} bytes of data`,
  );
}

/** What `encrypt` may have given: padding adds a block to data. @throws {StrongroomError} `BadParameter` */
export function requireCiphertext(ciphertext: Uint8Array, aad: Uint8Array): void {
  const fits = ciphertext.length + aad.length <= maxDataBytes + blockBytes;
  requireParameter(fits, "the ciphertext is longer than the HSM host makes one");
}

/** A key of a caller's. @throws {StrongroomError} `BadParameter` if it is too long. */
export function requireCallerKey(bytes: Uint8Array): Uint8Array {
  const fits = bytes.length <= maxCallerKeyBytes;
  requireParameter(fits, `the HSM host takes keys of at most ${maxCallerKeyBytes} bytes`);
  return bytes;
}

/** Where a key is to belong. @throws {StrongroomError} `BadParameter` */
export function requirePlace(place: WirePlace | null | undefined): KeyPlace {
  return { scope: requireName(place?.scope ?? ""), keyId: requireName(place?.keyId ?? "") };
}

/** A key to be made or taken in. @throws {StrongroomError} `BadParameter` */
export function toNewKey(payload: WireKeySpec | null | undefined): NewKey {
  const { type = "", class: keyClass, operations = [] } = payload ?? {};
  requireParameter(
    isEc(type) || isRsa(type) || isAes(type),
    "the HSM host has no keys of this type",
  );
  if (keyClass !== "N" && keyClass !== "E") {
    throw new StrongroomError("BadParameter", "the class of a key is N or E");
  }
  return {
    ...requirePlace(payload),
    class: keyClass,
    keyType: type as KeyType,
    operations: operations as readonly KeyOperation[],
  };
}

/** The use of a blob for `operation`. */
export function toKeyUse(payload: WireKey, operation: KeyOperation): KeyUseRequest {
  return { blob: payload.blob, operation, place: payload.place ?? undefined };
}

/** OAEP's hash function in RSA-AES key wrap. @throws {StrongroomError} `BadParameter` */
export function requireExchangeHash(name: string): ExchangeHash {
  const hash = exchangeHashes.find((known) => known === name);
  if (hash === undefined) {
    throw new StrongroomError("BadParameter", "the HSM host knows no such hash function");
  }
  return hash;
}

/** To whom a key leaves. @throws {StrongroomError} `BadParameter` */
export function toReleaseTarget({ publicKey, hash }: WireTarget): ReleaseTarget {
  return { publicKey: requireCallerKey(publicKey), hash: requireExchangeHash(hash) };
}

/** A head of the wire's. @throws {StrongroomError} `BadParameter` unless it has the form of one. */
export function toHead(wire: WireHead | null | undefined): LogHead {
  if (wire === undefined || wire === null) {
    throw new StrongroomError("BadParameter", "the head is missing");
  }
  const { log, size, time } = wire;
  return requireHead({ log, size, root: toHex(wire.root), time });
}
