// SPDX-License-Identifier: Apache-2.0
/** Ceremonies as the HSM's users see them: asked for, waited for, with an outcome that survives the host's restart. */

/** The security domain of the token's keys. */
export interface HsmDomain {
  /** `pending`: the token has no keys yet. `active`: custodians can recover the newest ones. `none`: nobody can. */
  readonly state: "pending" | "active" | "none";
  /** The domain's bytes, encrypted to its custodians; empty unless it is active. */
  readonly file: Uint8Array;
  /** Of the newest keys; 0 unless it is active. */
  readonly custodians: number;
  readonly required: number;
  /** Whether the keys were recovered and the heads of logs, which were lost with the old token, not anchored since. */
  readonly recovered: boolean;
}

/** Custodians, and how many of them recover the keys together. */
export interface CustodianSpec {
  /** Three to ten certificates of RSA keys, DER. */
  readonly certificates: readonly Uint8Array[];
  /** Two to all of them. */
  readonly required: number;
}

/** A ceremony to be performed. */
export type CeremonySpec =
  | ({ readonly kind: "activate" } & CustodianSpec)
  /** @param restore A restore file with the shares of a quorum. */
  | { readonly kind: "recover"; readonly restore: Uint8Array }
  /** Present custodians stay, unless others are given; then a quorum of the present ones takes part. */
  | ({ readonly kind: "rotate"; readonly restore?: Uint8Array } & Partial<CustodianSpec>)
  | { readonly kind: "retire" };

/** How the last ceremony went that the host began since it started. */
export type CeremonyState =
  | { readonly state: "none" | "running" }
  | { readonly state: "failed"; readonly code: string; readonly message: string };

/** What the HSM does about its key encryption keys, all of it on the token's volume. */
export interface HsmCeremonies {
  /** The security domain; answers on a token without keys too. */
  domain(): Promise<HsmDomain>;
  /**
   * Begins a ceremony. It ends with a restart of the host, or with a failure that `ceremony` tells.
   *
   * @throws {StrongroomError} `BadParameter` if custodians or shares are wrong, `HsmBusy` if one is under way.
   */
  beginCeremony(spec: CeremonySpec): Promise<void>;
  ceremony(): Promise<CeremonyState>;
  /** Says that every log's head is anchored again after a recovery. */
  headsAnchored(): Promise<void>;
  /** The key that custodians encrypt shares to: SubjectPublicKeyInfo, DER. */
  exchangeKey(): Promise<Uint8Array>;
  /** The same key under the newest key encryption keys; the same blob, where it is already. */
  rewrap(blob: Uint8Array): Promise<Uint8Array>;
}
