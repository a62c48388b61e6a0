// SPDX-License-Identifier: Apache-2.0
/** What conditions and events say about how a reconcile went. Pure. */

import type { CommonStatus, Condition } from "@strongroom/api";
import { canonicalJson, isStrongroomError, type JsonValue } from "@strongroom/core";
import { type ConditionVerdict, type StatusCondition, updateConditions } from "@strongroom/kube";
import type { StrongroomResource } from "./resource.ts";

/** Reason of `Ready` when all is as the spec says. */
export const syncedReason = "Synced";

/** A condition that still lacks its generation and time. */
export type Verdict = Pick<ConditionVerdict, "type" | "status" | "reason" | "message">;

/** `Ready` when all is as the spec says. */
export function ready(message: string): Verdict {
  return { type: "Ready", status: "True", reason: syncedReason, message };
}

/** `Ready` when it is not. */
export function notReady(reason: string, message: string): Verdict {
  return { type: "Ready", status: "False", reason, message };
}

/** `Ready` after an error: our codes are reasons as they are, what others threw is not for people's eyes. */
export function notReadyBecause(error: unknown): Verdict {
  return isStrongroomError(error)
    ? notReady(error.code, error.message)
    : notReady("Internal", "an unexpected error, see the operator's log");
}

/** Whether an error says only that the world moved on while we looked, which is no news for anybody. */
export function isTransitory(error: unknown): boolean {
  return isStrongroomError(error, "Conflict") || isStrongroomError(error, "StaleEpoch");
}

/** Members that every status has, as they should be now; times of unchanged conditions stay. */
export function withConditions<Status extends CommonStatus>(
  resource: StrongroomResource<Status>,
  status: Omit<Status, "conditions" | "observedGeneration">,
  verdicts: readonly Verdict[],
  at: Date,
): Status {
  const observedGeneration = resource.metadata.generation;
  const before = (resource.status?.conditions ?? []) as readonly StatusCondition[];
  const now = verdicts.map((verdict) => ({ ...verdict, observedGeneration }));
  const conditions = updateConditions(before, now, at) as readonly Condition[];
  return { ...status, observedGeneration, conditions } as unknown as Status;
}

/** Whether two statuses say the same. */
export function isSameStatus(a: object | undefined, b: object | undefined): boolean {
  const spell = (value: object | undefined) =>
    new TextDecoder().decode(canonicalJson((value ?? {}) as JsonValue));
  return spell(a) === spell(b);
}

/** Whether `Ready` is true for the current generation. */
export function isReady(resource: StrongroomResource): boolean {
  return (
    resource.status?.conditions?.some(
      ({ type, status, observedGeneration }) =>
        type === "Ready" &&
        status === "True" &&
        observedGeneration === resource.metadata.generation,
    ) === true
  );
}
