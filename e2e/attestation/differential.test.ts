// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { compareAll } from "./compare.ts";
import { agrees, explanationOf } from "./comparison.ts";
import { disagreements } from "./disagreements.ts";

describe("other people's verifiers asked about the same bytes", () => {
  it("decide as ours do, but for what the table explains", async () => {
    const compared = await compareAll(240, 20261126);
    const unexplained = compared
      .filter((one) => !agrees(one))
      .filter((one) => explanationOf(one, disagreements) === undefined);
    expect(unexplained).toEqual([]);
    for (const oracle of ["go-sev-guest", "go-tdx-guest", "@phala/dcap-qvl"]) {
      const own = compared.filter((one) => one.oracle === oracle);
      const share = (count: number) => count / own.length;
      expect(share(own.filter((one) => one.isSignedAgain).length)).toBeGreaterThanOrEqual(0.49);
      // Enough that reaches the later checks: a comparison of refusals alone would say little.
      expect(share(own.filter(({ theirs }) => theirs.accepted).length)).toBeGreaterThan(0.2);
    }
    const accepted = compared.filter(({ theirs }) => theirs.accepted).length;
    expect(accepted / compared.length).toBeGreaterThan(0.3);
  }, 300_000);
});
