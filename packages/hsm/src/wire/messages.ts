// SPDX-License-Identifier: Apache-2.0
/** What the messages of proto/hsm.proto are in TypeScript: one entry for each verb. */

import type { LogHead } from "@strongroom/core";

/** Version of the protocol that both sides speak. */
export const protocolVersion = 1;

/** First message of a client. */
export interface Hello {
  readonly version: number;
  readonly secret: string;
}

/** An error as it travels: the code is one of the error table's. */
export interface WireFailure {
  readonly code: string;
  readonly message: string;
}

/** First message of the host. */
export type HelloAnswer =
  | { readonly kind: "welcome"; readonly version: number; readonly status?: WireStatus | null }
  | ({ readonly kind: "failure" } & WireFailure);

/** The token and its keys. */
export interface WireStatus {
  readonly initialised: boolean;
  readonly domain: string;
  readonly enforcedBy: string;
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

/** A head as it travels: the root is bytes. */
export interface WireHead extends Omit<LogHead, "root"> {
  readonly root: Uint8Array;
}

/** What a blob's header must say, where the caller says so. */
export interface WirePlace {
  readonly scope: string;
  readonly keyId: string;
}

interface WireBytes {
  readonly bytes: Uint8Array;
}

/** What each verb is asked with. */
export interface VerbRequests {
  readonly status: Record<string, never>;
  readonly random: { readonly bytes: number };
  readonly generateKey: WirePlace & {
    readonly type: string;
    readonly operations: readonly string[];
    readonly class: string;
  };
  readonly sign: {
    readonly blob: Uint8Array;
    readonly algorithm: string;
    readonly digest: Uint8Array;
    readonly place?: WirePlace | null | undefined;
  };
  readonly generateDataKey: WirePlace & { readonly operations: readonly string[] };
  readonly openDataKey: {
    readonly blob: Uint8Array;
    readonly place?: WirePlace | null | undefined;
  };
  readonly subkey: {
    readonly blob: Uint8Array;
    readonly label: string;
    readonly context: Uint8Array;
    readonly place?: WirePlace | null | undefined;
  };
  readonly signHead: {
    readonly blob: Uint8Array;
    readonly head?: WireHead | null;
    readonly consistency: readonly Uint8Array[];
  };
  readonly heads: { readonly after: string };
}

/** What each verb is answered with. */
export interface VerbResults {
  readonly status: WireStatus;
  readonly random: WireBytes;
  readonly generateKey: { readonly blob: Uint8Array; readonly publicKey: Uint8Array };
  readonly sign: WireBytes;
  readonly generateDataKey: WireBytes;
  readonly openDataKey: WireBytes;
  readonly subkey: WireBytes;
  readonly signHead: WireBytes;
  readonly heads: { readonly heads: readonly WireHead[]; readonly more: boolean };
}

/** Name of a verb. */
export type Verb = keyof VerbRequests;

/** A request for one verb. */
export interface Request<V extends Verb = Verb> {
  readonly id: number;
  readonly verb: V;
  readonly payload: VerbRequests[V];
}

/** The answer to the request of the same id. */
export type Response =
  | { readonly kind: "failure"; readonly id: number; readonly failure: WireFailure }
  | {
      readonly kind: "result";
      readonly id: number;
      readonly verb: Verb;
      readonly result: VerbResults[Verb];
    };
