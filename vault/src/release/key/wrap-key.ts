// SPDX-License-Identifier: Apache-2.0
/**
 * A key's private half encrypted to an attested RSA key: RSA-AES key wrap (PKCS #11 3.1, 6.1.20), which is RSA-OAEP of an
 * AES-256 key of the moment, and under that the key by RFC 5649. PKCS #8 of RSA and EC keys, bytes of AES keys.
 */

import { constants, createCipheriv, publicEncrypt, randomBytes } from "node:crypto";
import { concatBytes } from "@strongroom/core";
import type { HsmClient, ReleaseTarget } from "@strongroom/hsm/client";
import { placeOf } from "../../keys/key-access.ts";
import { type FoundKey, keyKind } from "../../keys/key-kind.ts";
import { exchangeHashes, type KeyWrapName } from "../../keys/transfer-blob.ts";
import { type MaterialOpener, openMaterial } from "../../objects/material.ts";
import type { Vault } from "../../vaults/vault-record.ts";
import type { TargetKey } from "../attestation-token/key-of-target.ts";

/** What wrapping works with. */
export interface WrapDeps extends MaterialOpener {
  readonly hsm: Pick<HsmClient, "releaseKey" | "secureUnwrap">;
}

const carrierBytes = 32;
/** RFC 5649, section 3. */
const alternativeInitialValue = Buffer.from("a65959a6", "hex");
const openSslNames = { "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384" } as const;

/** Wraps a key. One in the HSM is wrapped inside it, and its material is never in this process. */
export async function wrapKey(
  deps: WrapDeps,
  { vault, found }: { readonly vault: Vault; readonly found: FoundKey },
  to: TargetKey,
  enc: KeyWrapName,
): Promise<Uint8Array> {
  using material = await openMaterial(deps, vault, keyKind, found);
  if (found.version.protection === "hsm") {
    const place = placeOf(vault, found.object.name, found.version.version);
    return await deps.hsm.releaseKey(material.reveal(), hsmTarget(to, enc), place);
  }
  return wrapBytes(material.reveal(), to, enc);
}

/** The attested key as the HSM takes it. */
export function hsmTarget({ key }: TargetKey, enc: KeyWrapName): ReleaseTarget {
  const publicKey = new Uint8Array(key.export({ format: "der", type: "spki" }));
  return { publicKey, hash: exchangeHashes[enc] };
}

/** Wraps bytes that are here. */
export function wrapBytes(material: Uint8Array, { key }: TargetKey, enc: KeyWrapName): Uint8Array {
  const hash = exchangeHashes[enc];
  const carrier = new Uint8Array(randomBytes(carrierBytes));
  try {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const head = publicEncrypt({ key, padding, oaepHash: openSslNames[hash] }, carrier);
    const cipher = createCipheriv("id-aes256-wrap-pad", carrier, alternativeInitialValue);
    return concatBytes(head, cipher.update(material), cipher.final());
  } finally {
    carrier.fill(0);
  }
}
