// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { amdSerial, createAmdVendor } from "@strongroom/testing";
import { attempt, milan, trusting } from "../__fixtures__/snp-attempts.ts";

describe("lists of the root's name", () => {
  const foreign = createAmdVendor("Milan");
  const revoked = [amdSerial.ask];

  it("that somebody else signed take nothing from its own, before or behind them", () => {
    for (const crls of [
      [foreign.crl({ revoked }), milan.crl()],
      [milan.crl(), foreign.crl({ revoked })],
    ]) {
      expect(attempt({ crls, trust: trusting(milan, "required") })).toMatchObject({
        claims: { endorser: { revocation: "checked" } },
      });
    }
  });

  it("each count that are its own: one that revokes is enough", () => {
    const revoking = milan.crl({ revoked });
    for (const crls of [
      [foreign.crl(), milan.crl(), revoking],
      [revoking, milan.crl(), foreign.crl()],
    ]) {
      expect(attempt({ crls })).toMatchObject({ class: "revoked" });
    }
  });
});
