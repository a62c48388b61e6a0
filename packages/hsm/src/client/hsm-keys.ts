// SPDX-License-Identifier: Apache-2.0
/** What the verbs over keys take and give. */

import type {
  AesCipherAlgorithm,
  AesWrapAlgorithm,
  ExchangeHash,
  RsaDecryptionAlgorithm,
} from "../keys/algorithms.ts";
import type { KeyType } from "../keys/key-types.ts";
import type { KeyPlace } from "./key-place.ts";

/** What a signing key is for. A key that signs heads signs nothing else, or the anchor could be gone round. */
export type SigningOperation = "sign" | "signHead";

/**
 * What a key is for. `signHead` (P-256) and `import` (RSA: an exchange key) stand alone; `secureWrapKey` and
 * `secureUnwrapKey`, of class N, stand together and with `wrapKey` alone.
 */
export type KeyOperation =
  | SigningOperation
  | "verify"
  | "encrypt"
  | "decrypt"
  | "wrapKey"
  | "unwrapKey"
  | "import"
  | "secureWrapKey"
  | "secureUnwrapKey";

/** What a data key is for: to be opened into this process, to derive subkeys in the token, or both. */
export type DataKeyOperation = "open" | "subkey";

/** A key to be made or taken in. */
export interface KeySpec extends KeyPlace {
  readonly type: KeyType;
  /** At least one that the type has. */
  readonly operations: readonly KeyOperation[];
  /** N never leaves the token; E may be released. */
  readonly class: "N" | "E";
}

/** A data key to be made. */
export interface DataKeySpec extends KeyPlace {
  /** Both by default. Without `open`, no process ever gets the key. */
  readonly operations?: readonly DataKeyOperation[];
}

/** A key that was made. */
export interface GeneratedKey {
  /** The wrapped key, for the store; below 4 KiB. */
  readonly blob: Uint8Array;
  /** SubjectPublicKeyInfo, DER; empty for symmetric keys. */
  readonly publicKey: Uint8Array;
}

/** A key encrypted by RSA-AES key wrap: RSA-OAEP of an AES key, then RFC 5649 under that of PKCS #8 or AES bytes. */
export interface WrappedImport {
  /** Blob of an RSA key for `import`. */
  readonly exchange: Uint8Array;
  readonly exchangePlace?: KeyPlace;
  readonly hash: ExchangeHash;
  readonly ciphertext: Uint8Array;
}

/** What `encrypt` computes: RSA encryption needs the public key only and is done outside. */
export type EncryptionAlgorithm = AesCipherAlgorithm;

/** What `decrypt` computes. */
export type DecryptionAlgorithm = AesCipherAlgorithm | RsaDecryptionAlgorithm;

/** What `wrap` computes: RSA encryption needs the public key only and is done outside. */
export type WrapAlgorithm = AesWrapAlgorithm;

/** What `unwrap` computes. */
export type UnwrapAlgorithm = AesWrapAlgorithm | RsaDecryptionAlgorithm;

/** What is encrypted. */
export interface EncryptionInput {
  /** At most 256 KiB; whole blocks of 16 bytes for A*CBC. */
  readonly plaintext: Uint8Array;
  /** CBC only: 16 bytes; the token's random generator gives it by default. */
  readonly iv?: Uint8Array;
  /** GCM only: authenticated, not encrypted; at most 4 KiB. */
  readonly aad?: Uint8Array;
}

/** What encryption gave. */
export interface Ciphertext {
  readonly ciphertext: Uint8Array;
  /** 12 bytes for GCM, 16 for CBC. */
  readonly iv: Uint8Array;
  /** 16 bytes for GCM, else empty. */
  readonly tag: Uint8Array;
}

/** What is decrypted; RSA takes the ciphertext alone. */
export interface DecryptionInput {
  readonly ciphertext: Uint8Array;
  readonly iv?: Uint8Array;
  readonly tag?: Uint8Array;
  readonly aad?: Uint8Array;
}
