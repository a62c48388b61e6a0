// SPDX-License-Identifier: Apache-2.0
/** The HSM as its users see it: verbs over keys that come and go as blobs. Nothing here loads native code. */

import type { LogHead } from "@strongroom/core";
import type {
  MacAlgorithm,
  SecureWrapAlgorithm,
  SignatureAlgorithm,
  WrappedDataKey,
} from "../keys/algorithms.ts";
import type { ReleaseTarget } from "../keys/release-target.ts";
import type { HsmCeremonies } from "./hsm-domain.ts";
import type {
  Ciphertext,
  DataKeySpec,
  DecryptionAlgorithm,
  DecryptionInput,
  EncryptionAlgorithm,
  EncryptionInput,
  GeneratedKey,
  KeySpec,
  UnwrapAlgorithm,
  WrapAlgorithm,
  WrappedImport,
} from "./hsm-keys.ts";
import type { HsmRollback } from "./hsm-rollback.ts";
import type { HsmStatus } from "./hsm-status.ts";
import type { KeyPlace } from "./key-place.ts";

/** A head to be signed. */
export type UnsignedHead = LogHead;

/** The highest head of a log that the host signed. */
export type AnchoredHead = LogHead;

/**
 * The HSM.
 *
 * Every call may fail with `HsmUnavailable` (host or token away, no answer in time) or `HsmBusy`, which may be retried,
 * and with `PinIncorrect`, `HsmRefused` or `NotActivated` (no keys yet), which need a person. Calls that take a blob fail with `HsmBlobRejected` if it
 * was changed, is another token's, or is not for this use or (where `place` is given) place; with `BadParameter` if the
 * algorithm does not go with the key or its input, or this token cannot compute it.
 */
export interface HsmClient extends HsmCeremonies, HsmRollback, AsyncDisposable {
  /** What the token is and which keys it holds. */
  status(): Promise<HsmStatus>;
  /** 1 to 1024 bytes of the token's random generator. */
  random(bytes: number): Promise<Uint8Array>;
  /** Makes a key in the token. RSA keys take seconds and their own queue: they delay nothing else. */
  generateKey(spec: KeySpec): Promise<GeneratedKey>;
  /** Takes a key in: PKCS #8 (DER), or an AES key's bytes, which the caller wipes. @throws `BadParameter` */
  importKey(spec: KeySpec, material: Uint8Array): Promise<GeneratedKey>;
  /** Takes a key in that was encrypted to an exchange key; it is opened inside the token. @throws `BadParameter` */
  importWrapped(spec: KeySpec, wrapped: WrappedImport): Promise<GeneratedKey>;
  /**
   * Signs a digest of the algorithm's hash function; HS takes the message itself, RSNULL what goes into the padding.
   *
   * Elliptic curve signatures are r || s.
   */
  sign(
    blob: Uint8Array,
    algorithm: SignatureAlgorithm,
    digest: Uint8Array,
    place?: KeyPlace,
  ): Promise<Uint8Array>;
  /** Whether a symmetric key's signature over a message is right. Others are verified with the public key, outside. */
  verify(
    blob: Uint8Array,
    algorithm: MacAlgorithm,
    signed: { readonly message: Uint8Array; readonly signature: Uint8Array },
    place?: KeyPlace,
  ): Promise<boolean>;
  /** Encrypts at most 256 KiB with a symmetric key; GCM's initialisation vector is always the token's. */
  encrypt(
    blob: Uint8Array,
    algorithm: EncryptionAlgorithm,
    input: EncryptionInput,
    place?: KeyPlace,
  ): Promise<Ciphertext>;
  /** Decrypts; every wrong ciphertext is the same `BadParameter`, but RSA1_5 gives other bytes instead. */
  decrypt(
    blob: Uint8Array,
    algorithm: DecryptionAlgorithm,
    input: DecryptionInput,
    place?: KeyPlace,
  ): Promise<Uint8Array>;
  /** Wraps the caller's key with a symmetric key. */
  wrap(
    blob: Uint8Array,
    algorithm: WrapAlgorithm,
    key: Uint8Array,
    place?: KeyPlace,
  ): Promise<Uint8Array>;
  /** Unwraps the caller's key, which the caller wipes. As `decrypt`. */
  unwrap(
    blob: Uint8Array,
    algorithm: UnwrapAlgorithm,
    wrapped: Uint8Array,
    place?: KeyPlace,
  ): Promise<Uint8Array>;
  /** The blob of the same key at another place. */
  rebind(blob: Uint8Array, from: KeyPlace, to: KeyPlace): Promise<Uint8Array>;
  /**
   * Wraps a class E key to an RSA key of 2048 bits or more: RSA-OAEP of an AES-256 key, then RFC 5649 under that key of
   * PKCS #8 or an AES key's bytes. PKCS #8 may be followed by up to seven zero bytes.
   */
  releaseKey(blob: Uint8Array, to: ReleaseTarget, place?: KeyPlace): Promise<Uint8Array>;
  /** Makes an AES-256 key that nobody sees, and answers it wrapped. */
  secureWrap(
    blob: Uint8Array,
    algorithm: SecureWrapAlgorithm,
    place?: KeyPlace,
  ): Promise<Uint8Array>;
  /** Unwraps an AES key and wraps it to an RSA key, as `releaseKey`; nobody between sees it. As `unwrap`. */
  secureUnwrap(
    blob: Uint8Array,
    wrapped: WrappedDataKey,
    to: ReleaseTarget,
    place?: KeyPlace,
  ): Promise<Uint8Array>;
  /** Makes a 32-byte data key; its blob. */
  generateDataKey(spec: DataKeySpec): Promise<Uint8Array>;
  /** The 32 bytes of a data key, which the caller wipes. */
  openDataKey(blob: Uint8Array, place?: KeyPlace): Promise<Uint8Array>;
  /** SP 800-108 subkey of a data key, 32 bytes: what core's `deriveSubkey` gives for the opened key. */
  subkey(
    blob: Uint8Array,
    label: string,
    context: Uint8Array,
    place?: KeyPlace,
  ): Promise<Uint8Array>;
  /**
   * Anchors a head, then signs it with a key for `signHead`: r || s, 64 bytes over core's `headDigest`.
   *
   * @param consistency Proof from the anchored size; empty for the first head of a log, or the same one again.
   * @throws {StrongroomError} `HeadRollback` if it does not extend the anchored head.
   */
  signHead(
    blob: Uint8Array,
    head: UnsignedHead,
    consistency: readonly Uint8Array[],
  ): Promise<Uint8Array>;
  /** The highest head of each log on the token's volume, in the order of log ids. */
  heads(): Promise<readonly AnchoredHead[]>;
}
