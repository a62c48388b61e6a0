// SPDX-License-Identifier: Apache-2.0
/** A key's own release policy and `exportable`: what may be set when, as Key Vault documents it. */

import { fromBase64url, fromUtf8, releasePolicySchema, StrongroomError } from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
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
 * @throws {StrongroomError} `BadParameter` for an exportable key without a policy, a policy without `exportable`, and
 * a policy that is not in Key Vault's grammar.
 */
export function releasePolicyOf(
  exportable: boolean,
  wire: WireReleasePolicy | null | undefined,
): KeyReleasePolicy | undefined {
  if (wire === null || wire === undefined) {
    if (exportable) {
      throw new StrongroomError("BadParameter", "an exportable key needs a release_policy");
    }
    return undefined;
  }
  if (!exportable) {
    throw new StrongroomError("BadParameter", "release_policy is for exportable keys");
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
  const data = wire.data ?? releasePolicy?.data ?? "";
  const immutable = wire.immutable ?? releasePolicy?.immutable ?? false;
  if (releasePolicy?.immutable === true && (data !== releasePolicy.data || !immutable)) {
    throw new Refusal("PolicyImmutable", "the key's release policy is immutable");
  }
  const contentType = wire.contentType ?? releasePolicy?.contentType;
  return releasePolicyOf(exportable, { contentType, data, immutable });
}

/** The policy's text, unchanged, once it is known to be one. */
function requirePolicy(data: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(fromUtf8(fromBase64url(data)));
  } catch (cause) {
    throw new StrongroomError("BadParameter", "release_policy.data is not base64url of JSON", {
      cause,
    });
  }
  if (!releasePolicySchema.safeParse(parsed).success) {
    throw new StrongroomError("BadParameter", "release_policy.data is not a release policy");
  }
  return data;
}
