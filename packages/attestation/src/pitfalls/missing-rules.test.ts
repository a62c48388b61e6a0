// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { createAmdVendor, type IntelQuoteChanges, mintIntelEvidence } from "@strongroom/testing";
import { verifyEvidence } from "../__fixtures__/intel.ts";
import { endorseAmdKeys } from "../snp/endorse-amd-key.ts";

/** What a caller without types can leave out. */
const absent = undefined as never;

const isBadParameter = expect.objectContaining({ code: "BadParameter" });

const attribute = (offset: number, value: number): IntelQuoteChanges => ({
  signed: (bytes) => bytes.writeUInt8(value, 54 + offset),
});

describe("10.1 item 13: a rule that is missing lets nothing through", () => {
  it.each<[string, IntelQuoteChanges]>([
    ["debug", attribute(120, 1)],
    ["migratable", attribute(123, 0x30)],
    ["minimumTcbEvaluationDataNumber", {}],
    ["acceptedTcb", {}],
  ])("of a quote: %s", (name, quote) => {
    const verify = () =>
      verifyEvidence(mintIntelEvidence({ quote }), { expected: { [name]: absent } });
    expect(verify).toThrow(isBadParameter);
  });

  it("of AMD's keys: whether an answer about revocation is needed", () => {
    const vendor = createAmdVendor("Milan");
    const { ark, ask, asvk } = vendor.fingerprints;
    const root = { name: "test", class: "software" as const, product: "Milan" as const };
    const trust = { roots: [{ ...root, ark, ask: [ask], asvk: [asvk] }], revocation: absent };
    const certificates = [vendor.leaf(), vendor.ask, vendor.ark];
    const at = new Date("2026-06-01T00:00:00Z");
    expect(() => endorseAmdKeys({ certificates, crls: [] }, trust, at)).toThrow(isBadParameter);
  });
});
