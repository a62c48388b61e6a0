// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, utf8 } from "@strongroom/core";
import { mintIntelEvidence } from "@strongroom/testing";
import {
  authority,
  claimsOf,
  digest,
  extend,
  pk,
  registersOf,
  secureBoot,
  separator,
  usual,
} from "../__fixtures__/event-log-attempts.ts";
import { encodeEventLog } from "../__fixtures__/test-event-log.ts";
import { parseQuote } from "../dcap/parse-quote.ts";
import type { TpmHash } from "../tpm/algorithms.ts";
import { eventType } from "./event-types.ts";
import { parseEventLog } from "./parse-event-log.ts";
import { replayEventLog } from "./replay-event-log.ts";
import { pcrRegisters, rtmrRegisters, verifyEventLog } from "./verify-event-log.ts";

describe("an event log", () => {
  it("gives the values that a TPM would have, in every bank", () => {
    const log = parseEventLog(encodeEventLog(usual, ["sha256", "sha384"]));
    const data = usual.map((event) => event.data);
    for (const bank of ["sha256", "sha384"] as const) {
      expect(replayEventLog(log, bank, "tpm", [1]).get(7)).toEqual(extend(bank, data));
      expect(
        replayEventLog(log, bank, "tpm", [1])
          .get(1)
          ?.every((byte) => byte === 0),
      ).toBe(true);
    }
  });

  it("is malformed where an event has no digest of a bank that the others have", () => {
    const [one, two] = [encodeEventLog(usual, ["sha256", "sha384"]), encodeEventLog(usual)];
    // The last event, of SHA-256 alone, behind those of both banks.
    const start = two.length - (12 + 2 + 32 + 4 + authority.data.length);
    const mixed = concatBytes(one, two.slice(start));
    expect(verifyEventLog(mixed, registersOf(one, ["sha256", "sha384"]))).toMatchObject({
      ...{ class: "malformed", reason: "an event has no digest of sha384" },
    });
  });

  it("is compared in the banks that are strong and in both, and is refused without one", () => {
    const banks = ["sha256", "sha1"] as const;
    const log = encodeEventLog(usual, banks);
    const signed = registersOf(log, banks);
    const weak = new Map(
      [...(signed.banks.get("sha1") ?? [])].map(([one]) => [one, new Uint8Array(20)]),
    );
    const withBanks = (...all: readonly (readonly [TpmHash, ReadonlyMap<number, Uint8Array>])[]) =>
      verifyEventLog(log, { kind: "tpm", banks: new Map(all) });
    const strong = signed.banks.get("sha256") ?? new Map();
    expect(withBanks(["sha256", strong], ["sha1", weak])).toMatchObject({
      claims: { bank: "sha256", registers: [7] },
    });
    expect(
      withBanks(["sha256", strong], ["sha512", new Map([[7, new Uint8Array(64)]])]),
    ).toMatchObject({
      claims: { bank: "sha256" },
    });
    for (const bank of ["sha1", "sha384"] as const) {
      expect(withBanks([bank, weak])).toMatchObject({
        ...{ kind: "refused", class: "policy-denied" },
      });
    }
  });

  it("is of the registers that a quote has: PCRs, or RTMRs numbered from 1", () => {
    const value = new Uint8Array(32).fill(1);
    expect(pcrRegisters({ sha256: { "7": "01".repeat(32) } })).toEqual({
      ...{ kind: "tpm", banks: new Map([["sha256", new Map([[7, value]])]]) },
    });
    const { quote } = mintIntelEvidence();
    const { body } = parseQuote(quote);
    const registers = body.kind === "tdx" ? rtmrRegisters(body.report) : undefined;
    const rtmrs = body.kind === "tdx" ? body.report.rtmrs : [];
    expect(registers).toEqual({
      kind: "td",
      banks: new Map([["sha384", new Map(rtmrs.map((one, index) => [index + 1, one]))]]),
    });
    expect(rtmrs).toHaveLength(4);
  });

  it("names its registers in their order, each once", () => {
    const late = { register: 3, type: 0x0d, data: utf8("late") };
    const log = encodeEventLog([...usual, late, { ...late, register: 10 }, late]);
    const values = new Map(registersOf(log).banks.get("sha256"));
    values.delete(10);
    expect(
      verifyEventLog(log, { kind: "tpm", banks: new Map([["sha256", values]]) }),
    ).toMatchObject({
      claims: { registers: [3, 7], unproven: [10] },
    });
  });

  it("counts events of Secure Boot's register alone, and tells a debugger by what was measured", () => {
    const elsewhere = [
      { ...separator, register: 4 },
      { ...secureBoot(0), register: 4 },
    ];
    const debug = { register: 7, type: eventType.efiAction, data: utf8("UEFI Debug Mode\0") };
    const early = { ...authority, digestOf: utf8("other") };
    expect(claimsOf([...elsewhere, ...usual, early, debug])).toMatchObject({
      ...{ secureboot: true, "x-strongroom-firmware-debugged": true },
      "x-strongroom-secureboot-authorities": [
        digest("certificate"),
        ...["other", "UEFI Debug Mode\0"].map((one) => `unread:${digest(one)}`),
      ],
    });
    const called = { ...debug, type: eventType.separator + 1 };
    expect(claimsOf([...usual, called])["x-strongroom-firmware-debugged"]).toBe(true);
    const spelled = { ...debug, data: utf8("UEFI\0 Debug Mode") };
    for (const other of [spelled, { ...debug, register: 6 }]) {
      expect(claimsOf([...usual, other])["x-strongroom-firmware-debugged"]).toBe(false);
    }
  });

  it("is refused when it does not give a register of the firmware's, be it that all its events are missing", () => {
    const signed = registersOf(encodeEventLog(usual));
    for (const events of [
      [secureBoot(0), pk, separator, authority],
      usual.slice(1),
      [{ ...pk, register: 8 }],
    ]) {
      expect(verifyEventLog(encodeEventLog(events), signed)).toMatchObject({
        class: "binding-mismatch",
      });
    }
  });

  it("is refused when one of two banks has other values", () => {
    const banks = ["sha256", "sha384"] as const;
    const signed = registersOf(encodeEventLog(usual, banks), banks);
    const values = new Map(signed.banks.get("sha256")).set(7, new Uint8Array(32));
    const changed = { kind: "tpm", banks: new Map(signed.banks).set("sha256", values) } as const;
    expect(verifyEventLog(encodeEventLog(usual, banks), signed).kind).toBe("verified");
    expect(verifyEventLog(encodeEventLog(usual, banks), changed)).toMatchObject({
      class: "binding-mismatch",
    });
  });

  it("drops events of registers that the system extended further, or that are not quoted", () => {
    const os = { register: 8, type: 0x0d, data: utf8("kernel") };
    const log = encodeEventLog([...usual, os, { ...os, register: 9 }]);
    const signed = registersOf(log);
    const values = new Map(signed.banks.get("sha256")).set(8, new Uint8Array(32));
    values.delete(9);
    const verdict = verifyEventLog(log, { kind: "tpm", banks: new Map([["sha256", values]]) });
    expect(verdict).toMatchObject({ claims: { registers: [7], unproven: [8, 9] } });
    expect(
      verdict.kind === "verified" && verdict.claims.events.map(({ register }) => register),
    ).toEqual([7, 7, 7, 7]);
  });

  it("ends where its area is filled with ones or zeros, and not in the middle of an event", () => {
    const log = encodeEventLog(usual);
    for (const fill of [0, 0xff]) {
      const padded = concatBytes(log, new Uint8Array(99).fill(fill));
      expect(parseEventLog(padded).events).toHaveLength(usual.length);
    }
    for (let length = 1; length < log.length; length += 1) {
      const cut = log.slice(0, length);
      const count = countOf(cut);
      expect(count === undefined || count < usual.length).toBe(true);
    }
  });

  it.each<[string, number, number]>([
    ["no algorithm", 56, 0],
    ["too many algorithms", 56, 9],
    ["a digest of another size", 62, 0x21],
    ["an algorithm twice", 64, 0x0c],
    ["an algorithm less than its events have", 64, 0x12],
  ])("is refused with a header of %s", (_, position, value) => {
    const log = encodeEventLog(usual, ["sha384", "sha256"]);
    const changed = log.map((byte, index) => (index === position ? value : byte));
    expect(countOf(changed)).toBeUndefined();
  });
});

function countOf(log: Uint8Array): number | undefined {
  try {
    return parseEventLog(log).events.length;
  } catch (error) {
    expect(error).toMatchObject({ code: "EvidenceMalformed" });
    return undefined;
  }
}
