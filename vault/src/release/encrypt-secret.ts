// SPDX-License-Identifier: Apache-2.0
/** What is released of secrets and certificates, as JWE. RFC 7516; RFC 7518 sections 4.3, 4.6 and 5.3. */

import { CompactEncrypt, type CompactJWEHeaderParameters } from "jose";
import type { MaterialOpener } from "../objects/material.ts";
import { type FoundSecret, openSecret } from "../secrets/read-secret.ts";
import type { Vault } from "../vaults/vault-record.ts";
import type { TargetKey } from "./attestation-token/key-of-target.ts";
import type { FoundObject } from "./releasable.ts";

/** `alg` by the kind of key and nothing else: no request chooses it. */
const algorithms = { ec: "ECDH-ES+A256KW", rsa: "RSA-OAEP-256" } as const;

/** A secret to encrypt. */
export interface ReleasedSecret {
  readonly vault: Vault;
  readonly secret: FoundSecret;
  /** Id of the object with its version. */
  readonly id: string;
  /** Id of the request, so that an old answer fits no new one. */
  readonly jti: string;
}

/** The secret that an object is, or that is behind it. */
export function secretOf(object: Exclude<FoundObject, { kind: "keys" }>): FoundSecret {
  return object.kind === "certificates" ? object.secret : object.found;
}

/** Opens the value, encrypts it to the attested key, and wipes it. */
export async function encryptSecret(
  opener: MaterialOpener,
  { vault, secret, id, jti }: ReleasedSecret,
  { kid, kind, key }: TargetKey,
): Promise<string> {
  const { contentType } = secret.version;
  const header: CompactJWEHeaderParameters = {
    alg: algorithms[kind],
    enc: "A256GCM",
    typ: "strongroom-secret+jwe",
    kid,
    ...(contentType === undefined ? {} : { cty: contentType }),
    "strongroom.id": id,
    "strongroom.jti": jti,
  };
  using value = await openSecret(opener, vault, secret);
  return await new CompactEncrypt(value.reveal()).setProtectedHeader(header).encrypt(key);
}
