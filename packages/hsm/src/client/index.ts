// SPDX-License-Identifier: Apache-2.0
/** The HSM host's client: what the vault uses of this package. Free of native code. */

export type {
  AesCipherAlgorithm,
  AesWrapAlgorithm,
  ExchangeHash,
  HashName,
  MacAlgorithm,
  RsaDecryptionAlgorithm,
  SecureWrapAlgorithm,
  SignatureAlgorithm,
  WrappedDataKey,
} from "../keys/algorithms.ts";
export type { AesKeyType, EcKeyType, KeyType, RsaKeyType } from "../keys/key-types.ts";
export type { ReleaseTarget } from "../keys/release-target.ts";
export { type ConnectOptions, connectHsm } from "./connect-hsm.ts";
export type { AnchoredHead, HsmClient, UnsignedHead } from "./hsm-client.ts";
export type { CeremonySpec, CeremonyState, CustodianSpec, HsmDomain } from "./hsm-domain.ts";
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
} from "./hsm-keys.ts";
export type { AcceptedRollback, HsmRollback } from "./hsm-rollback.ts";
export type { HsmStatus, KekIds } from "./hsm-status.ts";
export type { KeyPlace } from "./key-place.ts";
export { performCeremony } from "./perform-ceremony.ts";
