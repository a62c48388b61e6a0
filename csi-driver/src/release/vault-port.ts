// SPDX-License-Identifier: Apache-2.0
/** What releasing a pod's files needs of a vault. */

import type { VolumeItem } from "../node/publish-request.ts";

/** A vault, as a pod's author names it. */
export interface VaultName {
  readonly name: string;
  readonly namespace: string;
}

/** One release for one pod. */
export interface ReleaseCall {
  readonly vault: VaultName;
  /** The pod's own token: the caller's identity. */
  readonly podToken: string;
  /** The exact bytes of the request's body; `proof` covers them. */
  readonly body: Uint8Array;
  /** JWS of the `x-strongroom-proof` header. */
  readonly proof: string;
  /** What the signed response must say, or it is not the answer to this call. */
  readonly expected: ExpectedRelease;
}

/** What ties a response to its call. */
export interface ExpectedRelease {
  readonly jti: string;
  readonly podUid: string;
  readonly vaultUid: string;
  readonly items: readonly VolumeItem[];
}

/** One item of a response that our release root vouches for; `name` is the file's. */
export type ReleasedItem =
  | { readonly result: "granted"; readonly name: string; readonly id: string; readonly jwe: string }
  | { readonly result: "unwrapped"; readonly name: string; readonly keyHsm: string }
  | { readonly result: "denied"; readonly name: string; readonly class: string };

/**
 * The vaults of an installation. Calls reject with a `StrongroomError` of the class that the vault named, with
 * `VaultUnavailable`, or with `ResponseUntrusted`.
 */
export interface VaultPort {
  /** A vault's uid: what it is, whatever its name was before. */
  identity(vault: VaultName, podToken: string, signal: AbortSignal): Promise<string>;
  /**
   * Asks for a release and verifies the signed response: chain to the pinned root, digests, `expected`. Items come in
   * the order of the call.
   */
  release(call: ReleaseCall, signal: AbortSignal): Promise<readonly ReleasedItem[]>;
}
