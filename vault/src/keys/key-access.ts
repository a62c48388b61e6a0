// SPDX-License-Identifier: Apache-2.0
/** Opened key material, kept for the next use: a KeyObject of a software key, the blob of one in the HSM. */

import type { KeyObject } from "node:crypto";
import { fromBase64url } from "@strongroom/core";
import type { KeyPlace } from "@strongroom/hsm/client";
import { type MaterialOpener, openMaterial } from "../objects/material.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { type FoundKey, keyKind } from "./key-kind.ts";
import { createLru } from "./lru.ts";
import { openPrivateKey, openPublicKey } from "./software/private-key.ts";

/** The secret part of a key, ready for use. */
export type OpenedKey =
  | { readonly kind: "software"; readonly key: KeyObject }
  | { readonly kind: "hsm"; readonly blob: Uint8Array; readonly place: KeyPlace };

/** Opens keys, and remembers those that were used last. */
export interface KeyAccess {
  open(vault: Vault, found: FoundKey): Promise<OpenedKey>;
  publicKey(found: FoundKey): KeyObject;
  /** Forgets the versions of a key that was deleted or disabled. */
  forget(vault: Vault, name: string): void;
}

/** Keys that are kept: a parsed RSA-4096 key takes some 10 KiB. */
const keptKeys = 1_024;

/**
 * Opens keys through `opener`.
 *
 * Whether a key may be used is decided by its records each time; this only saves unsealing. An entry is found by the
 * digest of its sealed bytes too, so that no other material is taken for it.
 */
export function createKeyAccess(opener: MaterialOpener): KeyAccess {
  const opened = createLru<OpenedKey>(keptKeys);
  const publicKeys = createLru<KeyObject>(keptKeys);
  return {
    open: async (vault, found) => {
      const id = `${prefixOf(vault, found.object.name)}${found.version.version}/${found.version.valueDigest}`;
      const known = opened.get(id);
      if (known !== undefined) {
        return known;
      }
      const key = await openKey(opener, vault, found);
      opened.set(id, key);
      return key;
    },
    publicKey: ({ version }) => {
      const spki = version.publicKey ?? "";
      const known = publicKeys.get(spki) ?? openPublicKey(fromBase64url(spki));
      publicKeys.set(spki, known);
      return known;
    },
    forget: (vault, name) => opened.forget(prefixOf(vault, name)),
  };
}

/** Where an HSM key belongs: its blob loads for no other vault, key or version. */
export function placeOf({ uid }: Pick<Vault, "uid">, name: string, version: string): KeyPlace {
  return { scope: uid, keyId: `keys/${name.toLowerCase()}/${version}` };
}

async function openKey(opener: MaterialOpener, vault: Vault, found: FoundKey): Promise<OpenedKey> {
  const { object, version } = found;
  using material = await openMaterial(opener, vault, keyKind, found);
  if (version.protection === "software") {
    return { kind: "software", key: openPrivateKey(version.type, material.reveal()) };
  }
  const blob = new Uint8Array(material.reveal());
  return { kind: "hsm", blob, place: placeOf(vault, object.name, version.version) };
}

const prefixOf = (vault: Vault, name: string): string => `${vault.uid}/${name.toLowerCase()}/`;
