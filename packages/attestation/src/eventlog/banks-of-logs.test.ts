// SPDX-License-Identifier: Apache-2.0
/** Logs whose digests of one bank are true, and of another one what somebody would like. */

import { describe, expect, it } from "@jest/globals";
import { registersOf, secureBoot, separator, usual } from "../__fixtures__/event-log-attempts.ts";
import { encodeEventLog } from "../__fixtures__/test-event-log.ts";
import type { TpmHash } from "../tpm/algorithms.ts";
import { toEventLogClaims } from "./event-log-claims.ts";
import { type SignedRegisters, verifyEventLog } from "./verify-event-log.ts";

const off = [secureBoot(0), separator];
const on = [secureBoot(1), separator];

/** Says that Secure Boot was on; SHA-256 has what was measured of a machine where it was off. */
const forged = encodeEventLog(
  on.map((event, index) => ({ ...event, digestsOf: { sha256: off[index]?.data } })),
  ["sha256", "sha384"],
);
const machine = registersOf(encodeEventLog(off, ["sha256", "sha384"]), ["sha256", "sha384"]);

/** A quote of one register in SHA-256, and of others in another bank, in the order that evidence has. */
function quoteOf(pcrs: Readonly<Record<string, readonly (readonly [number, Uint8Array])[]>>) {
  const banks = Object.entries(pcrs).map(([bank, values]) => [bank as TpmHash, new Map(values)]);
  return { kind: "tpm", banks: new Map(banks as never) } satisfies SignedRegisters;
}
const pcrOf = (bank: TpmHash, register: number, of = machine) =>
  [register, of.banks.get(bank)?.get(register) ?? new Uint8Array()] as const;
const claimsOf = (log: Uint8Array, signed: SignedRegisters) => {
  const verdict = verifyEventLog(log, signed);
  return verdict.kind === "verified" ? toEventLogClaims(verdict.claims) : verdict.class;
};

describe("an event log of two banks", () => {
  it.each<[string, SignedRegisters]>([
    [
      "of another register",
      quoteOf({ sha256: [pcrOf("sha256", 7)], sha384: [pcrOf("sha384", 1)] }),
    ],
    [
      "that evidence names first",
      quoteOf({ sha384: [pcrOf("sha384", 1)], sha256: [pcrOf("sha256", 7)] }),
    ],
    [
      "that firmware leaves to the system",
      quoteOf({
        sha256: [pcrOf("sha256", 7)],
        sha384: [pcrOf("sha384", 7, registersOf(forged, ["sha384"]))],
      }),
    ],
  ])("proves nothing by the digests of a bank %s", (_, signed) => {
    expect(claimsOf(forged, signed)).not.toHaveProperty("secureboot");
  });

  it("proves by the first bank what that says, whatever the quote has of the other", () => {
    const signed = quoteOf({ sha256: [pcrOf("sha256", 7)], sha384: [pcrOf("sha384", 1)] });
    const log = encodeEventLog(off, ["sha256", "sha384"]);
    expect(claimsOf(log, signed)).toMatchObject({
      ...{ "x-strongroom-event-log-bank": "sha256", secureboot: false },
    });
  });

  it("proves no register that is quoted in the other bank alone", () => {
    const all = registersOf(encodeEventLog(usual, ["sha256", "sha384"]), ["sha256", "sha384"]);
    const signed = quoteOf({
      sha256: [pcrOf("sha256", 1, all)],
      sha384: [pcrOf("sha384", 7, all), pcrOf("sha384", 2, all)],
    });
    expect(verifyEventLog(encodeEventLog(usual, ["sha256", "sha384"]), signed)).toMatchObject({
      claims: { bank: "sha256", registers: [], unproven: [7], untouched: [1], events: [] },
    });
  });
});
