// SPDX-License-Identifier: Apache-2.0
/** Key Vault's secureUnwrapKey (2026-01-01-preview): a data key is unwrapped, and leaves encrypted to an attested RSA key. */

import type { WrappedKey } from "@strongroom/api";
import { fromBase64url, SecretBytes, StrongroomError } from "@strongroom/core";
import { secureWrapFor } from "../../keys/algorithms.ts";
import { requireDecryptable } from "../../keys/cipher-parameters.ts";
import { placeOf } from "../../keys/key-access.ts";
import { type FoundKey, keyKind } from "../../keys/key-kind.ts";
import { decryptInSoftware } from "../../keys/software/operations.ts";
import { openPrivateKey } from "../../keys/software/private-key.ts";
import type { KeyWrapName } from "../../keys/transfer-blob.ts";
import { openMaterial } from "../../objects/material.ts";
import type { Vault } from "../../vaults/vault-record.ts";
import type { TargetKey } from "../attestation-token/key-of-target.ts";
import { hsmTarget, type WrapDeps, wrapBytes } from "./wrap-key.ts";

/** A wrapped data key, and the key that wrapped it. */
export interface DataKeyToUnwrap {
  readonly vault: Vault;
  readonly found: FoundKey;
  readonly unwrap: WrappedKey;
}

/** Bytes of AES keys. */
const dataKeyBytes: readonly number[] = [16, 24, 32];

/**
 * Unwraps and wraps anew, both inside the HSM by a key of the HSM: the data key is never in this process then.
 *
 * @throws {StrongroomError} `BadParameter`, one for all reasons, if the key did not wrap it.
 */
export async function unwrapDataKey(
  deps: WrapDeps,
  { vault, found, unwrap }: DataKeyToUnwrap,
  to: TargetKey,
  enc: KeyWrapName,
): Promise<Uint8Array> {
  const wrapped = fromBase64url(unwrap.value);
  using material = await openMaterial(deps, vault, keyKind, found);
  if (found.version.protection === "hsm") {
    const place = placeOf(vault, found.object.name, found.version.version);
    const what = { algorithm: unwrap.alg, wrapped };
    return await deps.hsm.secureUnwrap(material.reveal(), what, hsmTarget(to, enc), place);
  }
  using plain = unwrapHere(found, unwrap.alg, { wrapped, material: material.reveal() });
  return wrapBytes(plain.reveal(), to, enc);
}

function unwrapHere(
  { version }: FoundKey,
  alg: WrappedKey["alg"],
  { wrapped, material }: { readonly wrapped: Uint8Array; readonly material: Uint8Array },
): SecretBytes {
  const algorithm = secureWrapFor(version.type, alg);
  if (algorithm.family === "aes") {
    requireDecryptable(algorithm, { bytes: wrapped });
  }
  const key = openPrivateKey(version.type, material);
  const plain = new SecretBytes(decryptInSoftware(algorithm, key, { bytes: wrapped }));
  if (!dataKeyBytes.includes(plain.length)) {
    plain[Symbol.dispose]();
    throw new StrongroomError("BadParameter", "the wrapped key cannot be unwrapped with this key");
  }
  return plain;
}
