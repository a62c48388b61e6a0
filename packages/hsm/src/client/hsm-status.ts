// SPDX-License-Identifier: Apache-2.0
/** What the HSM says of itself. */

/** Key check values of four key encryption keys, 32 hexadecimal characters each. */
export interface KekIds {
  readonly n: string;
  readonly e: string;
  readonly s: string;
  readonly a: string;
}

/** The token and its keys. */
export interface HsmStatus {
  readonly initialised: boolean;
  /** Whether custodians can recover the newest keys. `none`: a lost token is lost. */
  readonly domain: "active" | "none";
  /** Who refuses to load a class N key as something weaker: the token, or the host alone. */
  readonly enforcedBy: "token" | "host";
  /** Of the newest keys, which new blobs are under. */
  readonly kekIds: KekIds;
  readonly token: {
    readonly label: string;
    readonly manufacturer: string;
    readonly model: string;
    readonly serial: string;
  };
  /** Of all keys that blobs may be under, the newest first. */
  readonly generations: readonly KekIds[];
}
