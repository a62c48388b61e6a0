// SPDX-License-Identifier: Apache-2.0
/** What a worker is told, and what it says. */

/** Faults to judge, in order. */
export interface ToWorker {
  readonly ids: readonly number[];
}

/**
 * What became of a fault; `timeout`, which the parent finds, counts as killed. That of a `constant` could not be switched on:
 * its code runs while modules are loaded, and no test reaches it later.
 */
export type Outcome = "killed" | "survived" | "not covered" | "constant" | "timeout";

/** Said once when all tests have passed without a fault, then once for each fault. */
export type FromWorker =
  | { readonly kind: "ready"; readonly tests: number }
  | {
      readonly kind: "judged";
      readonly id: number;
      readonly outcome: Outcome;
      readonly by?: string;
    };
