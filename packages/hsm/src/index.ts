// SPDX-License-Identifier: Apache-2.0
/** The HSM as a port: what stands on it names these types, and `@strongroom/hsm/client` gives the one implementation. */

export type { AnchoredHead, HsmClient, UnsignedHead } from "./client/hsm-client.ts";
export type {
  Ciphertext,
  DataKeyOperation,
  DataKeySpec,
  DecryptionAlgorithm,
  DecryptionInput,
  EncryptionAlgorithm,
  EncryptionInput,
  GeneratedKey,
  KeyOperation,
  KeySpec,
  SigningOperation,
  UnwrapAlgorithm,
  WrapAlgorithm,
  WrappedImport,
} from "./client/hsm-keys.ts";
export type { HsmStatus } from "./client/hsm-status.ts";
export type { KeyPlace } from "./client/key-place.ts";
export type {
  AesCipherAlgorithm,
  AesWrapAlgorithm,
  ExchangeHash,
  HashName,
  MacAlgorithm,
  RsaDecryptionAlgorithm,
  SignatureAlgorithm,
} from "./keys/algorithms.ts";
export type { AesKeyType, EcKeyType, KeyType, RsaKeyType } from "./keys/key-types.ts";
