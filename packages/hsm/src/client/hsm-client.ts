// SPDX-License-Identifier: Apache-2.0
/** The HSM as its users see it: verbs over keys that come and go as blobs. Nothing here loads native code. */

import type { LogHead } from "@strongroom/core";

/** Where a key belongs: vault uid (or `installation`) and key id, 1 to 253 printable ASCII characters each. */
export interface KeyPlace {
  readonly scope: string;
  readonly keyId: string;
}

/** What a signing key is for. A key that signs heads signs nothing else, or the anchor could be gone round. */
export type SigningOperation = "sign" | "signHead";

/** What a data key is for: to be opened into this process, to derive subkeys in the token, or both. */
export type DataKeyOperation = "open" | "subkey";

/** A key to be made. */
export interface KeySpec extends KeyPlace {
  readonly type: "ec-p256";
  /** Exactly one. */
  readonly operations: readonly SigningOperation[];
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
  /** The wrapped key, for the store; below 1 KiB. */
  readonly blob: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
}

/** The token and its keys. */
export interface HsmStatus {
  readonly initialised: boolean;
  /** No security domain: a lost token is lost. */
  readonly domain: "none";
  /** Who refuses to load a class N key as something weaker: the token, or the host alone. */
  readonly enforcedBy: "token" | "host";
  /** Key check values of the key encryption keys, 32 hexadecimal characters each. */
  readonly kekIds: {
    readonly n: string;
    readonly e: string;
    readonly s: string;
    readonly a: string;
  };
  readonly token: {
    readonly label: string;
    readonly manufacturer: string;
    readonly model: string;
    readonly serial: string;
  };
}

/** A head to be signed. */
export type UnsignedHead = LogHead;

/** The highest head of a log that the host signed. */
export type AnchoredHead = LogHead;

/**
 * The HSM.
 *
 * Every call may fail with `HsmUnavailable` (host or token away, no answer in time) or `HsmBusy`, which may be retried,
 * and with `PinIncorrect` or `HsmRefused`, which need a person. Calls that take a blob fail with `HsmBlobRejected` if it
 * was changed, is another token's, or is not for this use or (where `place` is given) place.
 */
export interface HsmClient extends AsyncDisposable {
  /** What the token is and which keys it holds. */
  status(): Promise<HsmStatus>;
  /** 1 to 1024 bytes of the token's random generator. */
  random(bytes: number): Promise<Uint8Array>;
  /** Makes a signing key. */
  generateKey(spec: KeySpec): Promise<GeneratedKey>;
  /** Signs a SHA-256 digest: r || s, 64 bytes. */
  sign(
    blob: Uint8Array,
    algorithm: "ES256",
    digest: Uint8Array,
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
