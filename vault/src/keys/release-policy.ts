// SPDX-License-Identifier: Apache-2.0
/** A key's own release policy and `exportable`: what may be set when, as Key Vault documents it. */

import { parseStrictJson } from "@strongroom/attestation";
import { releasePolicySchema, StrongroomError, toBase64url } from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import { fromAnyBase64 } from "./any-base64.ts";
import type { KeyMembers, KeyReleasePolicy } from "./key-kind.ts";

/** As it travels. */
export interface WireReleasePolicy {
  readonly contentType?: string | null | undefined;
  readonly data?: string | null | undefined;
  readonly immutable?: boolean | null | undefined;
}

const defaultContentType = "application/json; charset=utf-8";

/**
 * The policy of a new version.
 *
 * @param releases Whether the key is exportable, or unwraps data keys for attested environments.
 * @throws {StrongroomError} `BadParameter` for such a key without a policy, a policy for another, and a policy that is not
 * in Key Vault's grammar.
 */
export function releasePolicyOf(
  releases: boolean,
  wire: WireReleasePolicy | null | undefined,
): KeyReleasePolicy | undefined {
  if (wire === null || wire === undefined) {
    if (releases) {
      throw new StrongroomError(
        "BadParameter",
        "an exportable key, or one with secureUnwrapKey, needs a release_policy",
      );
    }
    return undefined;
  }
  if (!releases) {
    throw new StrongroomError(
      "BadParameter",
      "release_policy is for exportable keys, and keys with secureUnwrapKey",
    );
  }
  return {
    contentType: wire.contentType ?? defaultContentType,
    data: requirePolicy(wire.data ?? ""),
    immutable: wire.immutable ?? false,
  };
}

/** The policy after a change. @throws {Refusal} `PolicyImmutable`, or `BadParameter` as above. */
export function changedReleasePolicy(
  { exportable, releasePolicy }: Pick<KeyMembers, "exportable" | "releasePolicy">,
  wire: WireReleasePolicy,
): KeyReleasePolicy | undefined {
  const data = requirePolicy(wire.data ?? releasePolicy?.data ?? "");
  const immutable = wire.immutable ?? releasePolicy?.immutable ?? false;
  if (releasePolicy?.immutable === true && (data !== releasePolicy.data || !immutable)) {
    throw new Refusal("PolicyImmutable", "the key's release policy is immutable");
  }
  const contentType = wire.contentType ?? releasePolicy?.contentType;
  return releasePolicyOf(exportable || releasePolicy !== undefined, {
    ...{ contentType, data, immutable },
  });
}

/** The policy's bytes, unchanged, once they are known to be one: in base64url, however they came. */
function requirePolicy(data: string): string {
  let bytes: Uint8Array;
  let parsed: unknown;
  try {
    bytes = fromAnyBase64(data);
    // Whoever reviews the policy must read what is enforced: no name twice.
    parsed = parseStrictJson(bytes);
  } catch (cause) {
    throw new StrongroomError(
      "BadParameter",
      "release_policy.data is not base64url of JSON that has each name once",
      {
        cause,
      },
    );
  }
  if (!releasePolicySchema.safeParse(parsed).success) {
    throw new StrongroomError("BadParameter", "release_policy.data is not a release policy");
  }
  return toBase64url(bytes);
}
