// SPDX-License-Identifier: Apache-2.0
/** Two verifiers asked about the same bytes, and where they differ. */

/** What a verifier makes of evidence. */
export interface Opinion {
  readonly accepted: boolean;
  /** Why not, or how good it is. */
  readonly reason: string;
}

/** One piece of evidence with both opinions. */
export interface Compared {
  readonly oracle: string;
  /** What was done to it. */
  readonly change: string;
  readonly isSignedAgain: boolean;
  readonly theirs: Opinion;
  readonly ours: Opinion;
}

/** A disagreement that is meant, and why. */
export interface Explained {
  readonly oracle: string;
  readonly theirs: "accepts" | RegExp;
  readonly ours: "accepts" | RegExp;
  readonly why: string;
}

/** Whether both accept, or neither does. */
export function agrees({ theirs, ours }: Compared): boolean {
  return theirs.accepted === ours.accepted;
}

/** The explanation of a disagreement, if there is one. */
export function explanationOf(one: Compared, table: readonly Explained[]): Explained | undefined {
  return table.find(
    (row) => one.oracle === row.oracle && fits(one.theirs, row.theirs) && fits(one.ours, row.ours),
  );
}

function fits({ accepted, reason }: Opinion, wanted: "accepts" | RegExp): boolean {
  return wanted === "accepts" ? accepted : !accepted && wanted.test(reason);
}
