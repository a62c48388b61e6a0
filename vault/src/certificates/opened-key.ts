// SPDX-License-Identifier: Apache-2.0
/** Keys of certificates that are open: one in memory, or one in the HSM. */

import { hash } from "node:crypto";
import { fromBase64url, type SecretBytes } from "@strongroom/core";
import type { HsmClient, KeyPlace } from "@strongroom/hsm/client";
import type { KeyMembers } from "../keys/key-kind.ts";
import { openPrivateKey } from "../keys/software/private-key.ts";
import { certificateAlgorithmOf, keySigner } from "../x509/key-signer.ts";
import { parsePublicKey } from "../x509/public-key.ts";
import { hashOf } from "../x509/signer.ts";
import type { OpenedKey } from "./certificate-keys.ts";
import type { CertificatePolicy } from "./certificate-policy.ts";

/** A key in memory; takes ownership of its material, PKCS#8, which the key leaves with if the policy lets it. */
export function softwareKey(
  material: SecretBytes,
  { type }: Pick<KeyMembers, "type">,
  { key_props }: CertificatePolicy,
): OpenedKey {
  const signer = keySigner(openPrivateKey(type, material.reveal()));
  if (key_props.exportable) {
    return { signer, exported: material };
  }
  material[Symbol.dispose]();
  return { signer, exported: undefined };
}

/** A key in the HSM, which never leaves. */
export function hsmSigner(
  hsm: Pick<HsmClient, "sign">,
  { publicKey }: Pick<KeyMembers, "publicKey">,
  { blob, place }: { readonly blob: Uint8Array; readonly place: KeyPlace },
): OpenedKey {
  const spki = fromBase64url(publicKey ?? "");
  const algorithm = certificateAlgorithmOf(parsePublicKey(spki));
  return {
    exported: undefined,
    signer: {
      algorithm,
      publicKey: spki,
      sign: async (message) =>
        await hsm.sign(blob, algorithm, hash(hashOf[algorithm], message, "buffer"), place),
    },
  };
}
