// SPDX-License-Identifier: Apache-2.0
/** `key_hsm` of an import: Azure's BYOK specification's transfer blob, JSON in base64url. */

import { fromBase64url, fromUtf8, parseJson, StrongroomError } from "@strongroom/core";
import type { ExchangeHash } from "@strongroom/hsm/client";
import { z } from "zod";
import { aesType, ecType, type KeyType, rsaType } from "./key-type.ts";
import type { KeyFamilyName } from "./plan-key.ts";

/** Bytes of an RSA-wrapped AES key and an RSA-4096 key in PKCS #8 under it, with room. */
const maxCiphertextLength = 8_192;

/** Azure's names of RSA-AES key wrap. */
export const keyWrapSchema = z.enum([
  "CKM_RSA_AES_KEY_WRAP",
  "RSA_AES_KEY_WRAP_256",
  "RSA_AES_KEY_WRAP_384",
]);

/** One of the names. */
export type KeyWrapName = z.infer<typeof keyWrapSchema>;

/** OAEP's hash function in each. */
export const exchangeHashes: Readonly<Record<KeyWrapName, ExchangeHash>> = {
  CKM_RSA_AES_KEY_WRAP: "SHA-1",
  RSA_AES_KEY_WRAP_256: "SHA-256",
  RSA_AES_KEY_WRAP_384: "SHA-384",
};

const blobSchema = z.object({
  schema_version: z.string().startsWith("1."),
  header: z.object({
    kid: z.string().max(512),
    alg: z.literal("dir"),
    enc: keyWrapSchema,
  }),
  ciphertext: z.string().max(maxCiphertextLength),
});

const keyIdPattern = /^https:\/\/([^/]+)\/keys\/([0-9a-z-]{1,127})\/([0-9a-f]{32})$/;

/** A key as it was wrapped outside. */
export interface TransferBlob {
  /** The exchange key, by its id in this vault. */
  readonly exchange: { readonly host: string; readonly name: string; readonly version: string };
  readonly hash: ExchangeHash;
  readonly ciphertext: Uint8Array;
}

/** @throws {StrongroomError} `BadParameter` unless it is a transfer blob whose key id names a version. */
export function parseTransferBlob(text: string): TransferBlob {
  const { header, ciphertext } = parse(text);
  // Ids compare without regard to case.
  const [, host, name, version] = keyIdPattern.exec(header.kid.toLowerCase()) ?? [];
  if (host === undefined || name === undefined || version === undefined) {
    throw new StrongroomError(
      "BadParameter",
      "the transfer blob's kid is no id of a key's version",
    );
  }
  return {
    exchange: { host, name, version },
    hash: exchangeHashes[header.enc],
    ciphertext: fromBase64url(ciphertext),
  };
}

/** Longest RFC 5649 wrapping of an RSA key in PKCS #8, by bits of the modulus: the lengths lie far apart. */
const rsaWrappedBytes = [
  [2048, 1_500],
  [3072, 2_100],
  [4096, 2_700],
] as const;

/**
 * Type of a wrapped key, which nobody but the token can look into: the token refuses what turns out to be another.
 *
 * @param wrappedBytes Length of the RFC 5649 wrapping.
 * @throws {StrongroomError} `BadParameter` where there is no such type.
 */
export function transferredType(
  family: KeyFamilyName,
  crv: string | null | undefined,
  wrappedBytes: number,
): KeyType {
  switch (family) {
    case "EC":
      return ecType(crv ?? "");
    case "RSA":
      return rsaType(rsaWrappedBytes.find(([, most]) => wrappedBytes <= most)?.[0] ?? 0);
    case "oct":
      return aesType((wrappedBytes - 8) * 8);
    case "AKP":
      throw new StrongroomError("BadParameter", "the HSM has no keys of this type");
  }
}

function parse(text: string): z.infer<typeof blobSchema> {
  try {
    return blobSchema.parse(parseJson(fromUtf8(fromBase64url(text))));
  } catch (cause) {
    throw new StrongroomError("BadParameter", "key_hsm is no transfer blob", { cause });
  }
}
