// SPDX-License-Identifier: Apache-2.0
/** Opens what a vault encrypted to an attested key. RFC 7516; algorithms are ours to choose, never the sender's. */

import { requireShallowToken, SecretBytes, StrongroomError } from "@strongroom/core";
import { type CompactJWEHeaderParameters, compactDecrypt } from "jose";
import type { ReleaseKey } from "../attestation/release-keys.ts";

/** What the header must say. */
export interface ExpectedHeader {
  /** The object's id with its version. */
  readonly id: string;
  readonly jti: string;
}

// Anything else, `zip`, `crit`, `jku` and their like, is not ours.
const knownParameters = new Set([
  "alg",
  "cty",
  "enc",
  "epk",
  "kid",
  "strongroom.id",
  "strongroom.jti",
  "typ",
] as const satisfies string[]);

/** The value in `jwe`. @throws {StrongroomError} `ResponseUntrusted` unless it is exactly what was asked for. */
export async function openItem(
  jwe: string,
  key: ReleaseKey,
  expected: ExpectedHeader,
): Promise<SecretBytes> {
  const { plaintext, protectedHeader } = await decrypt(jwe, key);
  const content = new SecretBytes(plaintext);
  if (!isExpected(protectedHeader, key, expected)) {
    content[Symbol.dispose]();
    throw new StrongroomError("ResponseUntrusted", "a released secret is not the one asked for");
  }
  return content;
}

async function decrypt(jwe: string, key: ReleaseKey) {
  try {
    requireShallowToken(jwe);
    return await compactDecrypt(jwe, key.privateKey, {
      keyManagementAlgorithms: ["ECDH-ES+A256KW"],
      contentEncryptionAlgorithms: ["A256GCM"],
    });
  } catch (cause) {
    throw new StrongroomError("ResponseUntrusted", "a released secret cannot be opened", { cause });
  }
}

function isExpected(
  header: CompactJWEHeaderParameters,
  key: ReleaseKey,
  { id, jti }: ExpectedHeader,
): boolean {
  const known: ReadonlySet<string> = knownParameters;
  return (
    Object.keys(header).every((name) => known.has(name)) &&
    header.typ === "strongroom-secret+jwe" &&
    header.kid === key.kid &&
    header["strongroom.id"] === id &&
    header["strongroom.jti"] === jti
  );
}
