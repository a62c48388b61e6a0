// SPDX-License-Identifier: Apache-2.0
/** What reconciling secrets and keys has in common: put, and say which version is current. */

import type { CommonStatus, PutObjectResponse } from "@strongroom/api";
import type { DependentKind } from "./dependent.ts";
import type { OperatorDeps } from "./operator-deps.ts";
import type { SecretVault, StrongroomResource } from "./resource.ts";
import { ready, withConditions } from "./status.ts";

/** Status that shows a version. */
export interface VersionStatus extends CommonStatus {
  readonly version?: string | undefined;
  readonly id?: string | undefined;
}

/** One kind of object. */
export interface PutKind<Status extends VersionStatus> {
  readonly plural: string;
  readonly kind: string;
  /** As in messages. */
  readonly noun: string;
  /** When to look again at one that the vault changes by itself, in milliseconds. */
  readonly requeueAfterMs?: (resource: StrongroomResource<Status>) => number | undefined;
  readonly put: (
    vault: SecretVault,
    resource: StrongroomResource<Status>,
  ) => Promise<PutObjectResponse>;
}

/** The kind, with its status. */
export function toDependentKind<Status extends VersionStatus>(
  { clock }: Pick<OperatorDeps, "clock">,
  { plural, kind, noun, requeueAfterMs, put }: PutKind<Status>,
): DependentKind<Status> {
  type Known = Omit<Status, "conditions" | "observedGeneration">;
  return {
    plural,
    kind,
    put: async (vault, resource) => {
      const { created, version, id } = await put(vault, resource);
      const verdicts = [ready(`the ${noun} is in the vault`)];
      const known = { version, id } as unknown as Known;
      return {
        status: withConditions<Status>(resource, known, verdicts, clock.now()),
        again: { requeueAfterMs: requeueAfterMs?.(resource) },
        ...(created && { event: { reason: "Created", note: `version ${version} was made` } }),
      };
    },
    fail: (resource, _error, verdict) => {
      const { conditions: _, observedGeneration: __, ...known } = { ...resource.status };
      return withConditions<Status>(resource, known as unknown as Known, [verdict], clock.now());
    },
  };
}
