// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import type { AuditWrite } from "@strongroom/core";
import fc from "fast-check";
import { collectFindings } from "./finding.ts";
import { Fold } from "./fold.ts";

const digestOf = (revision: number) => (revision === 0 ? "" : `digest ${revision}`);

function write(revision: number, changes: Partial<AuditWrite> = {}): AuditWrite {
  const digest = digestOf(revision);
  const previous = digestOf(revision - 1);
  return { scope: "s", record: "r", revision, digest, previous, ...changes };
}

function fold(writes: readonly AuditWrite[]) {
  const { findings, report } = collectFindings();
  const folded = new Fold(report);
  for (const each of writes) {
    folded.add(each);
  }
  folded.finish();
  return {
    entry: folded.index.get({ scope: "s", id: "r" }),
    messages: findings.map((f) => f.message),
  };
}

describe("the fold of all writes", () => {
  it("comes to the highest revision in whatever order the logs are read", () => {
    const revisions = fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7], { minLength: 7 });
    fc.assert(
      fc.property(revisions, (order) => {
        const { entry, messages } = fold(order.map((revision) => write(revision)));
        expect(entry).toEqual({ revision: 7, digest: digestOf(7) });
        expect(messages).toEqual([]);
      }),
    );
  });

  it("finds a gap", () => {
    expect(fold([write(1), write(3)]).messages).toEqual([
      "record s/r has no leaf of the revision before 3",
    ]);
    expect(fold([write(2)]).messages).toHaveLength(1);
  });

  it("finds two leaves of one revision, whichever comes first", () => {
    const twice = ["record s/r has two leaves of revision 2"];
    expect(fold([write(1), write(2), write(2)]).messages).toEqual(twice);
    expect(fold([write(2), write(2), write(1)]).messages).toEqual(twice);
  });

  it("finds a revision that does not follow from the one before", () => {
    expect(fold([write(1), write(2, { previous: "other" })]).messages).toEqual([
      "record s/r has a revision 2 that does not follow from the one before",
    ]);
    expect(fold([write(1, { previous: "something" })]).messages).toHaveLength(1);
  });
});
