// SPDX-License-Identifier: Apache-2.0
/**
 * Holds an event log to register values that a quote signs. What replay proves is that these digests, in this order, are
 * what a register was extended with. It proves nothing of data that no digest covers, of an event's type, of the order of
 * events in different registers, or of registers that the quote does not cover.
 */

import { equalBytes } from "@strongroom/core";
import type { TdReport } from "../dcap/td-report.ts";
import type { StrongHash } from "../tpm/algorithms.ts";
import { type ParsedBanks, type PcrBanks, parsePcrBanks } from "../tpm/pcr-values.ts";
import { decide, refuse, type Verdict } from "../verdict.ts";
import { eventType } from "./event-types.ts";
import { type EventLog, type FirmwareEvent, parseEventLog } from "./parse-event-log.ts";
import { type RegisterKind, replayEventLog } from "./replay-event-log.ts";

/** Values that a quote signs, by bank and by the register's number in logs. */
export interface SignedRegisters {
  readonly kind: RegisterKind;
  readonly banks: ParsedBanks;
}

/** A log of which some registers were proved. */
export interface ProvenEventLog {
  readonly kind: RegisterKind;
  /** The bank whose digests the events below are compared in. */
  readonly bank: StrongHash;
  /** Registers whose signed value of that bank is the replayed one, as it is in every other strong bank that both have. */
  readonly registers: readonly number[];
  /** Registers that the log has events of, and that are not proved: not quoted, or extended further by the system. */
  readonly unproven: readonly number[];
  /** Registers that are quoted and hold what they began with, as no event of the log names them. */
  readonly untouched: readonly number[];
  /** Events of proved registers alone. */
  readonly events: readonly FirmwareEvent[];
  /** Bytes up to the end of the last event: so many of what was given prove the same. */
  readonly length: number;
}

/**
 * Banks in the order in which one is taken, which is not the evidence's: there are machines whose firmware extends the first
 * alone, and leaves the others to whoever comes later (CVE-2021-42299).
 */
const strongBanks: readonly StrongHash[] = ["sha256", "sha384", "sha512"];

/** Registers that the firmware alone extends: PCR 0 to 7, and RTMR0. A log that does not give their values is not theirs. */
const ofFirmware: Readonly<Record<RegisterKind, readonly number[]>> = {
  tpm: [0, 1, 2, 3, 4, 5, 6, 7],
  td: [1],
};

/** A quote's PCRs. */
export function pcrRegisters(pcrs: PcrBanks): SignedRegisters {
  return { kind: "tpm", banks: parsePcrBanks(pcrs) };
}

/** A TD's RTMRs, as its log numbers them. */
export function rtmrRegisters({ rtmrs }: TdReport): SignedRegisters {
  const values = new Map(rtmrs.map((value, index) => [index + 1, value] as const));
  return { kind: "td", banks: new Map([["sha384", values]]) };
}

/** Parses a log and compares it with what is signed. */
export function verifyEventLog(
  bytes: Uint8Array,
  signed: SignedRegisters,
): Verdict<ProvenEventLog> {
  return decide(() => {
    const log = parseEventLog(bytes);
    const common = strongBanks
      .filter((bank) => signed.banks.has(bank))
      .filter((bank) => log.events.some(({ digests }) => digests.has(bank)));
    const [bank] = common;
    if (bank === undefined) {
      return refuse("policy-denied", "the log and the quote have no strong bank in common");
    }
    const isGiven = compare(log, signed, common);
    const firmware = ofFirmware[signed.kind].find((register) => isGiven.get(register) === false);
    if (firmware !== undefined) {
      return refuse("binding-mismatch", `the event log does not give register ${firmware}`);
    }
    // Digests of a register that is quoted in another bank alone are whatever the log says.
    const quoted = signed.banks.get(bank);
    const isProven = new Map([...isGiven].filter(([register]) => quoted?.has(register) === true));
    return {
      kind: "verified",
      claims: { kind: signed.kind, bank, length: log.length, ...split(log, isProven) },
    };
  });
}

/** For each register that is quoted in any of the banks whether the replay gives its value in all that it is quoted in. */
function compare(
  log: EventLog,
  { banks, kind }: SignedRegisters,
  common: readonly StrongHash[],
): ReadonlyMap<number, boolean> {
  const isProven = new Map<number, boolean>();
  for (const bank of common) {
    const values = banks.get(bank) ?? new Map<number, Uint8Array>();
    const replayed = replayEventLog(log, bank, kind, values.keys());
    for (const [register, value] of values) {
      const isSame = equalBytes(replayed.get(register) ?? new Uint8Array(), value);
      isProven.set(register, isSame && isProven.get(register) !== false);
    }
  }
  return isProven;
}

function split(log: EventLog, isProven: ReadonlyMap<number, boolean>) {
  // What extends nothing is of no register, whichever it names: replay proves nothing of it.
  const events = log.events.filter(({ type }) => type !== eventType.noAction);
  const named = [...new Set(events.map(({ register }) => register))].toSorted((a, b) => a - b);
  const proven = named.filter((register) => isProven.get(register) === true);
  return {
    registers: proven,
    unproven: named.filter((register) => !proven.includes(register)),
    untouched: [...isProven.keys()].filter(
      (register) => !named.includes(register) && isProven.get(register) === true,
    ),
    events: events.filter(({ register }) => proven.includes(register)),
  };
}
