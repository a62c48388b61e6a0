// SPDX-License-Identifier: Apache-2.0
/** What is released of secrets and certificates, as JWE. RFC 7516; RFC 7518 sections 4.3, 4.6 and 5.3. */

import { CompactEncrypt, type CompactJWEHeaderParameters } from "jose";
import type { TargetKey } from "./attestation-token/key-of-target.ts";

/** `alg` by the kind of key and nothing else: no request chooses it. */
const algorithms = { ec: "ECDH-ES+A256KW", rsa: "RSA-OAEP-256" } as const;

/** What the protected header says of the content. */
export interface ContentHeader {
  /** Id of the object with its version. */
  readonly id: string;
  /** Id of the request, so that an old answer fits no new one. */
  readonly jti: string;
  readonly contentType: string | undefined;
}

/** Encrypts to the attested key. */
export async function encryptContent(
  content: Uint8Array,
  { kid, kind, key }: TargetKey,
  { id, jti, contentType }: ContentHeader,
): Promise<string> {
  const header: CompactJWEHeaderParameters = {
    alg: algorithms[kind],
    enc: "A256GCM",
    typ: "strongroom-secret+jwe",
    kid,
    ...(contentType === undefined ? {} : { cty: contentType }),
    "strongroom.id": id,
    "strongroom.jti": jti,
  };
  return await new CompactEncrypt(content).setProtectedHeader(header).encrypt(key);
}
