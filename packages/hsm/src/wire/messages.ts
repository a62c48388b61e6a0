// SPDX-License-Identifier: Apache-2.0
/** What the messages of proto/hsm.proto are in TypeScript, but for what each verb carries. */

import type { VerbRequests, VerbResults, WireStatus } from "./verb-messages.ts";

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

/** Name of a verb. */
export type Verb = keyof VerbRequests;

/** A verb over keys. */
export type KeyVerb =
  | "generateKey"
  | "importKey"
  | "importWrapped"
  | "sign"
  | "verify"
  | "encrypt"
  | "decrypt"
  | "wrap"
  | "unwrap"
  | "rebind"
  | "releaseKey"
  | "secureWrap"
  | "secureUnwrap";

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
