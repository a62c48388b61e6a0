// SPDX-License-Identifier: Apache-2.0
/** Conditions of a status. Kubernetes API conventions, "Typical status properties". */

/** A condition. */
export interface StatusCondition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number | undefined;
  readonly lastTransitionTime: string;
}

/** A condition without its time. */
export type ConditionVerdict = Omit<StatusCondition, "lastTransitionTime">;

/** Conditions with their times: the old time is kept where the status stays what it was. */
export function updateConditions(
  before: readonly StatusCondition[],
  verdicts: readonly ConditionVerdict[],
  at: Date,
): readonly StatusCondition[] {
  return verdicts.map((verdict) => {
    const last = before.find(({ type }) => type === verdict.type);
    const unchanged = last !== undefined && last.status === verdict.status;
    const lastTransitionTime = unchanged ? last.lastTransitionTime : toSeconds(at);
    return { ...verdict, lastTransitionTime };
  });
}

/** The API's Time: whole seconds. */
function toSeconds(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}
