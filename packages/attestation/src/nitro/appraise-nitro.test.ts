// SPDX-License-Identifier: Apache-2.0
/** Rules about Nitro: debug mode, and values of registers. */

import { describe, expect, it } from "@jest/globals";
import { factsOf, full, registers, tpm } from "../__fixtures__/nitro-attempts.ts";
import { appraiseNitro } from "./appraise-nitro.ts";

describe("rules about Nitro", () => {
  it("know no debug mode of a NitroTPM, whose registers may be zero", () => {
    const pcrs = { nitrotpm_pcrs: { pairs: [[0, new Uint8Array(48)] as const] } };
    const facts = factsOf({ fields: { ...tpm.fields, ...pcrs } });
    expect(appraiseNitro(facts, { debug: "refuse", pcrs: "unbound" })).toBeUndefined();
  });

  const zeros = [0, 1, 2].map((index) => [index, new Uint8Array(48)] as const);

  it.each([
    ["zero", zeros],
    ["missing", [[3, new Uint8Array(48).fill(1)] as const]],
    [
      "zero, but for two",
      [...full.filter(([index]) => index !== 1), [1, new Uint8Array(48)] as const],
    ],
  ])("refuse debug mode: registers 0 to 2 are %s", (_, entries) => {
    const facts = factsOf(registers(entries));
    expect(appraiseNitro(facts, { debug: "refuse", pcrs: "unbound" })?.class).toBe("policy-denied");
    expect(appraiseNitro(facts, { debug: "allow", pcrs: "unbound" })).toBeUndefined();
  });

  it("accept the registers' values that they list, and no other", () => {
    const facts = factsOf();
    const rules = (pcrs: Readonly<Record<string, readonly string[]>>) =>
      appraiseNitro(facts, { debug: "refuse", pcrs })?.class;
    const [zeroth, first] = ["01".repeat(48), "02".repeat(48)];
    expect(rules({ "0": [zeroth], "1": ["ff", first] })).toBeUndefined();
    expect(rules({ "0": [zeroth], "1": [zeroth] })).toBe("policy-denied");
    expect(rules({ "0": [] })).toBe("policy-denied");
    expect(rules({ "31": ["00".repeat(48)] })).toBe("policy-denied");
    expect(() => rules({})).toThrow(/name none/u);
  });
});
