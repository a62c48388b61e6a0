// SPDX-License-Identifier: Apache-2.0
/** A key as Azure's envelope has it: its bundle, with what is wrapped of it in `key_hsm`. */

import { toBase64url, utf8 } from "@strongroom/core";
import type { KeyWrapName } from "../../keys/transfer-blob.ts";

/** A key as its bundle shows it. */
export interface ReleasedBundle {
  readonly key: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly release_policy?: { readonly data: string; readonly immutable: boolean };
}

/** A key's bytes, wrapped. */
export interface WrappedKey {
  /** Key of the attestation token that it is wrapped to. */
  readonly kid: string;
  readonly ciphertext: Uint8Array;
}

/** The bundle with the wrapped key. */
export function releasedKey(
  { key, attributes, tags, release_policy: policy }: ReleasedBundle,
  wrapped: WrappedKey,
  enc: KeyWrapName,
) {
  // What software keys' bundles say of their platform is not in the envelope.
  const { hsmPlatform: _platform, ...others } = attributes;
  return {
    key: { ...key, key_hsm: transferBlob(wrapped, enc) },
    attributes: others,
    tags,
    ...(policy && { release_policy: { data: policy.data, immutable: policy.immutable } }),
  };
}

/** `key_hsm`: JSON in base64url, as in Azure's BYOK specification. */
export function transferBlob({ kid, ciphertext }: WrappedKey, enc: KeyWrapName): string {
  const header = { kid, alg: "dir", enc };
  const blob = { schema_version: "1.0", header, ciphertext: toBase64url(ciphertext) };
  return toBase64url(utf8(JSON.stringify(blob)));
}
