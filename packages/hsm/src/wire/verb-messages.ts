// SPDX-License-Identifier: Apache-2.0
/** What each verb of proto/hsm.proto is asked with and answered with. */

import type { LogHead } from "@strongroom/core";

/** The token and its keys. */
export interface WireStatus {
  readonly initialised: boolean;
  readonly domain: string;
  readonly enforcedBy: string;
  readonly kekIds: WireKekIds;
  readonly token: {
    readonly label: string;
    readonly manufacturer: string;
    readonly model: string;
    readonly serial: string;
  };
  readonly generations: readonly WireKekIds[];
}

/** The security domain of the token's keys. */
export interface WireDomain {
  readonly state: string;
  readonly file: Uint8Array;
  readonly custodians: number;
  readonly required: number;
  readonly recovered: boolean;
}

/** Key check values of four keys. */
export interface WireKekIds {
  readonly n: string;
  readonly e: string;
  readonly s: string;
  readonly a: string;
}

/** A head as it travels: the root is bytes. */
export interface WireHead extends Omit<LogHead, "root"> {
  readonly root: Uint8Array;
}

/** The last rollback that was accepted; empty where there was none. */
export interface WireRollback {
  readonly statement: Uint8Array;
  readonly signature: Uint8Array;
  readonly recorded: boolean;
}

/** What a blob's header must say, where the caller says so. */
export interface WirePlace {
  readonly scope: string;
  readonly keyId: string;
}

/** A blob and where it should belong. */
export interface WireKey {
  readonly blob: Uint8Array;
  readonly place?: WirePlace | null | undefined;
}

/** A key to be made or taken in. */
export type WireKeySpec = WirePlace & {
  readonly type: string;
  readonly operations: readonly string[];
  readonly class: string;
};

interface WireBytes {
  readonly bytes: Uint8Array;
}

interface WireGeneratedKey {
  readonly blob: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** To whom a key leaves: SubjectPublicKeyInfo, and OAEP's hash function. */
export interface WireTarget {
  readonly publicKey: Uint8Array;
  readonly hash: string;
}

type WithAlgorithm = WireKey & { readonly algorithm: string };

/** What each verb is asked with. */
export interface VerbRequests {
  readonly status: Record<string, never>;
  readonly random: { readonly bytes: number };
  readonly generateKey: WireKeySpec;
  readonly importKey: { readonly key?: WireKeySpec | null; readonly material: Uint8Array };
  readonly importWrapped: {
    readonly key?: WireKeySpec | null;
    readonly exchange: Uint8Array;
    readonly hash: string;
    readonly ciphertext: Uint8Array;
    readonly exchangePlace?: WirePlace | null | undefined;
  };
  readonly sign: WithAlgorithm & { readonly digest: Uint8Array };
  readonly verify: WithAlgorithm & {
    readonly message: Uint8Array;
    readonly signature: Uint8Array;
  };
  readonly encrypt: WithAlgorithm & {
    readonly plaintext: Uint8Array;
    readonly iv: Uint8Array;
    readonly aad: Uint8Array;
  };
  readonly decrypt: WithAlgorithm & {
    readonly ciphertext: Uint8Array;
    readonly iv: Uint8Array;
    readonly tag: Uint8Array;
    readonly aad: Uint8Array;
  };
  readonly wrap: WithAlgorithm & { readonly key: Uint8Array };
  readonly unwrap: WithAlgorithm & { readonly wrapped: Uint8Array };
  readonly rebind: {
    readonly blob: Uint8Array;
    readonly from?: WirePlace | null;
    readonly to?: WirePlace | null;
  };
  readonly releaseKey: WireKey & WireTarget;
  readonly secureWrap: WithAlgorithm;
  readonly secureUnwrap: WithAlgorithm & WireTarget & { readonly wrapped: Uint8Array };
  readonly generateDataKey: WirePlace & { readonly operations: readonly string[] };
  readonly openDataKey: WireKey;
  readonly subkey: WireKey & { readonly label: string; readonly context: Uint8Array };
  readonly signHead: {
    readonly blob: Uint8Array;
    readonly head?: WireHead | null;
    readonly consistency: readonly Uint8Array[];
  };
  readonly heads: { readonly after: string };
  readonly rewrap: { readonly blob: Uint8Array };
  readonly beginCeremony: {
    readonly kind: string;
    readonly certificates: readonly Uint8Array[];
    readonly required: number;
    readonly restore: Uint8Array;
  };
  readonly ceremony: Record<string, never>;
  readonly domain: Record<string, never>;
  readonly exchangeKey: Record<string, never>;
  readonly headsAnchored: Record<string, never>;
  readonly acceptRollback: {
    readonly blob: Uint8Array;
    readonly id: string;
    readonly heads: readonly WireHead[];
  };
  readonly rollback: Record<string, never>;
  readonly rollbackRecorded: Record<string, never>;
}

/** What each verb is answered with. */
export interface VerbResults {
  readonly status: WireStatus;
  readonly random: WireBytes;
  readonly generateKey: WireGeneratedKey;
  readonly importKey: WireGeneratedKey;
  readonly importWrapped: WireGeneratedKey;
  readonly sign: WireBytes;
  readonly verify: { readonly valid: boolean };
  readonly encrypt: {
    readonly ciphertext: Uint8Array;
    readonly iv: Uint8Array;
    readonly tag: Uint8Array;
  };
  readonly decrypt: WireBytes;
  readonly wrap: WireBytes;
  readonly unwrap: WireBytes;
  readonly rebind: WireBytes;
  readonly releaseKey: WireBytes;
  readonly secureWrap: WireBytes;
  readonly secureUnwrap: WireBytes;
  readonly generateDataKey: WireBytes;
  readonly openDataKey: WireBytes;
  readonly subkey: WireBytes;
  readonly signHead: WireBytes;
  readonly heads: { readonly heads: readonly WireHead[]; readonly more: boolean };
  readonly rewrap: WireBytes;
  readonly beginCeremony: Record<string, never>;
  readonly ceremony: {
    readonly state: string;
    readonly failure?: { readonly code: string; readonly message: string } | null;
  };
  readonly domain: WireDomain;
  readonly exchangeKey: WireBytes;
  readonly headsAnchored: Record<string, never>;
  readonly acceptRollback: WireRollback;
  readonly rollback: WireRollback;
  readonly rollbackRecorded: Record<string, never>;
}
