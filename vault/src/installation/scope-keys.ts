// SPDX-License-Identifier: Apache-2.0
/** Keys of one scope (a vault, or the installation), derived from its data key in software or inside the token. */

import {
  type DeriveSubkey,
  deriveSubkey,
  fromBase64url,
  type JsonValue,
  recordMacDerivation,
  StrongroomError,
  toBase64url,
} from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import { z } from "zod";

/** Where a scope's data key is used: in this process, or one subkey at a time in the token. */
export type Protection = "Software" | "HSM";

/** Keys by scope. */
export interface ScopeKeys {
  /** MAC key of the scope's records. @throws {StrongroomError} `StoreTampered` if the scope has no data key. */
  macKey(scope: string): Promise<Uint8Array>;
  /** Derives subkeys of the scope's data key, where `protection` says. */
  derive(scope: string, protection: Protection): DeriveSubkey;
  /** Makes the data key of a new scope; answers the content of its record `key/data`. */
  create(scope: string, protection: Protection): Promise<JsonValue>;
  /** Drops what `create` remembered, where the record was not written after all. */
  forget(scope: string): void;
}

/** Record id of a scope's data key. */
export const dataKeyRecord = "key/data";

/** Id of the data key; a rotated one will be `data-2`. */
export const dataKeyId = "data-1";

const contentSchema = z.object({ blob: z.string() });

/**
 * Keys by scope, over the HSM.
 *
 * `readDataKey` gives the record's content unverified: a record's MAC key comes from this very record, whose blob
 * is authenticated by the HSM host instead.
 */
export function createScopeKeys(
  hsm: HsmClient,
  readDataKey: (scope: string) => Promise<JsonValue | undefined>,
): ScopeKeys {
  const blobs = new Map<string, Promise<Uint8Array>>();
  const macKeys = new Map<string, Promise<Uint8Array>>();
  const dataKeys = new Map<string, Promise<Uint8Array>>();

  const blobOf = (scope: string) =>
    remember(blobs, scope, async () => parseBlob(await readDataKey(scope)));

  return {
    macKey: (scope) =>
      remember(macKeys, scope, async () => {
        const { label, context } = recordMacDerivation(scope);
        return await hsm.subkey(await blobOf(scope), label, context, placeOf(scope));
      }),
    derive: (scope, protection) => async (label, context) => {
      const blob = await blobOf(scope);
      if (protection === "HSM") {
        return await hsm.subkey(blob, label, context, placeOf(scope));
      }
      const key = await remember(dataKeys, scope, () => hsm.openDataKey(blob, placeOf(scope)));
      return deriveSubkey(key, label, context);
    },
    create: async (scope, protection) => {
      const operations =
        protection === "HSM" ? (["subkey"] as const) : (["open", "subkey"] as const);
      const blob = await hsm.generateDataKey({ scope, keyId: dataKeyId, operations });
      blobs.set(scope, Promise.resolve(blob));
      return { blob: toBase64url(blob), keyId: dataKeyId };
    },
    forget: (scope) => {
      for (const cache of [blobs, macKeys, dataKeys]) {
        cache.delete(scope);
      }
    },
  };
}

const placeOf = (scope: string) => ({ scope, keyId: dataKeyId });

function parseBlob(content: JsonValue | undefined): Uint8Array {
  const parsed = contentSchema.safeParse(content);
  if (!parsed.success) {
    throw new StrongroomError("StoreTampered", "a data key record is missing or unreadable");
  }
  return fromBase64url(parsed.data.blob);
}

// A failed attempt is not remembered: the HSM may be back at the next.
function remember<T>(
  cache: Map<string, Promise<T>>,
  key: string,
  make: () => Promise<T>,
): Promise<T> {
  const known = cache.get(key);
  if (known !== undefined) {
    return known;
  }
  const made = make();
  cache.set(key, made);
  made.catch(() => cache.delete(key));
  return made;
}
