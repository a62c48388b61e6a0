// SPDX-License-Identifier: Apache-2.0
/** Heads that a replayed log must come by: those that the HSM host anchored and those that later logs named. */

import type { Finding, Report } from "./finding.ts";
import type { AnchoredHead } from "./ledger.ts";

interface Milestone extends AnchoredHead {
  readonly kind: Finding["kind"];
  isPassed: boolean;
}

/** Heads to come by. */
export interface Milestones {
  /** Says that a log has reached a size; `root` is computed where somebody knows what it must be. */
  pass(
    place: { readonly log: string; readonly size: number },
    root: () => string,
    report: Report,
  ): void;
  /** Reports a log that has more leaves than it had when a later one was opened: nobody wrote it any more. */
  reportOutgrown(end: Pick<AnchoredHead, "log" | "size">, report: Report): void;
  /** Reports the heads that no log came by. */
  reportMissed(report: Report): void;
  /** Whether a later log names exactly this head. */
  isNamed(head: AnchoredHead): boolean;
}

/** Milestones of anchored heads and of the heads that first leaves name. */
export function milestonesOf(
  anchored: readonly AnchoredHead[],
  named: readonly AnchoredHead[],
): Milestones {
  const all = new Map<string, Milestone[]>();
  const placeOf = ({ log, size }: { log: string; size: number }) => `${log}/${size}`;
  const add = (head: AnchoredHead, kind: Finding["kind"]) =>
    all.set(placeOf(head), [
      ...(all.get(placeOf(head)) ?? []),
      { ...head, kind, isPassed: head.size === 0 },
    ]);
  for (const head of anchored) {
    add(head, "HeadRollback");
  }
  const closed = new Map<string, number>();
  for (const head of named) {
    add(head, "StoreTampered");
    closed.set(head.log, Math.min(head.size, closed.get(head.log) ?? head.size));
  }
  return {
    pass: (place, root, report) => {
      for (const milestone of all.get(placeOf(place)) ?? []) {
        milestone.isPassed = true;
        if (milestone.root !== root()) {
          report(milestone.kind, `log ${place.log} is not the one that ${witness(milestone)} saw`);
        }
      }
    },
    reportOutgrown: ({ log, size }, report) => {
      if (size > (closed.get(log) ?? size)) {
        report("StoreTampered", `log ${log} goes on after it was closed`);
      }
    },
    reportMissed: (report) => {
      for (const milestone of [...all.values()].flat().filter((each) => !each.isPassed)) {
        const { kind, log, size } = milestone;
        report(kind, `log ${log} ends before leaf ${size - 1}, which ${witness(milestone)} saw`);
      }
    },
    isNamed: (head) =>
      (all.get(placeOf(head)) ?? []).some((milestone) => milestone.kind === "StoreTampered"),
  };
}

function witness({ kind }: Milestone): string {
  return kind === "HeadRollback" ? "the HSM" : "a later log";
}
