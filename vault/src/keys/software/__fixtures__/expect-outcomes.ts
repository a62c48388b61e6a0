// SPDX-License-Identifier: Apache-2.0
/** Runs vectors and compares: a valid one succeeds, an invalid one is refused or false, an acceptable one may do either. */

import { expect } from "@jest/globals";
import { StrongroomError } from "@strongroom/core";

/** One vector, as far as its outcome is concerned. */
export interface Vector {
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly result: "valid" | "invalid" | "acceptable";
  readonly [member: string]: unknown;
}

/** Vectors that share a key or sizes. */
export interface Group {
  readonly tests: readonly Vector[];
  readonly [member: string]: unknown;
}

/** Whether a vector succeeds; an error of ours is a refusal, any other one a defect. */
export type Attempt = (group: Group, vector: Vector) => boolean;

/**
 * @param count Vectors in the file: a file that lost some fails.
 * @param offered Groups whose sizes we offer; in the others every vector has to be refused.
 */
export function expectOutcomes(
  groups: readonly Group[],
  count: number,
  attempt: Attempt,
  offered: (group: Group) => boolean = () => true,
): void {
  const differing: string[] = [];
  let run = 0;
  for (const group of groups) {
    for (const vector of group.tests) {
      run += 1;
      const expected = offered(group) ? vector.result : "invalid";
      const actual = outcomeOf(attempt, group, vector);
      if (expected !== "acceptable" && (expected === "valid") !== actual) {
        differing.push(`${vector.tcId} ${vector.result}: ${vector.comment} ${vector.flags}`);
      }
    }
  }
  expect(differing).toEqual([]);
  expect(run).toBe(count);
}

function outcomeOf(attempt: Attempt, group: Group, vector: Vector): boolean {
  try {
    return attempt(group, vector);
  } catch (error) {
    if (error instanceof StrongroomError) {
      return false;
    }
    throw error;
  }
}
