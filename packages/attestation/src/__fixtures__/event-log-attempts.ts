// SPDX-License-Identifier: Apache-2.0
/** Event logs with the registers that they give, and what they claim. */

import { createHash } from "node:crypto";
import { utf8 } from "@strongroom/core";
import { toEventLogClaims } from "../eventlog/event-log-claims.ts";
import { eventType } from "../eventlog/event-types.ts";
import { parseEventLog } from "../eventlog/parse-event-log.ts";
import { replayEventLog } from "../eventlog/replay-event-log.ts";
import {
  type ProvenEventLog,
  type SignedRegisters,
  verifyEventLog,
} from "../eventlog/verify-event-log.ts";
import type { TpmHash } from "../tpm/algorithms.ts";
import { efiVariable, encodeEventLog, type TestEvent } from "./test-event-log.ts";

/** The end of what the firmware measures. */
export const separator: TestEvent = {
  register: 7,
  type: eventType.separator,
  data: new Uint8Array(4),
};
/** Whether Secure Boot is on. */
export const secureBoot = (value: number): TestEvent => ({
  register: 7,
  type: eventType.efiVariableDriverConfig,
  data: efiVariable("SecureBoot", Uint8Array.of(value)),
});
/** The platform key. */
export const pk: TestEvent = {
  register: 7,
  type: eventType.efiVariableDriverConfig,
  data: efiVariable("PK", utf8("platform key")),
};
/** Who vouched for the boot loader. */
export const authority: TestEvent = {
  register: 7,
  type: eventType.efiVariableAuthority,
  data: efiVariable("db", utf8("certificate"), new Uint8Array(16)),
};
/** A log. */
export const usual: readonly TestEvent[] = [secureBoot(1), pk, separator, authority];

/** Extends zeros, or what a register begins with, as a TPM does. */
export function extend(
  bank: TpmHash,
  values: readonly Uint8Array[],
  first?: Uint8Array,
): Uint8Array {
  const size = createHash(bank).digest().length;
  return values.reduce(
    (value, data) =>
      new Uint8Array(
        createHash(bank).update(value).update(createHash(bank).update(data).digest()).digest(),
      ),
    first ?? new Uint8Array(size),
  );
}

/** The registers that a machine has after these events. */
export function registersOf(
  log: Uint8Array,
  banks: readonly TpmHash[] = ["sha256"],
): SignedRegisters {
  const parsed = parseEventLog(log);
  const all = [0, 1, 2, 3, 4, 5, 6, 7];
  return {
    kind: "tpm",
    banks: new Map(banks.map((bank) => [bank, replayEventLog(parsed, bank, "tpm", all)])),
  };
}

/** A log of these events beside a quote of the registers that they give. @param quoted PCR 0 to 15 unless said otherwise. */
export function provenLog(
  events: readonly TestEvent[],
  quoted: readonly number[] = Array.from({ length: 16 }, (_, index) => index),
): ProvenEventLog {
  const log = encodeEventLog(events);
  const all = replayEventLog(parseEventLog(log), "sha256", "tpm", quoted);
  const values = new Map([...all].filter(([register]) => quoted.includes(register)));
  const verdict = verifyEventLog(log, { kind: "tpm", banks: new Map([["sha256", values]]) });
  if (verdict.kind === "refused") {
    throw new Error(verdict.reason);
  }
  return verdict.claims;
}

/** What a log claims that is verified. */
export function claimsOf(events: readonly TestEvent[]) {
  return toEventLogClaims(provenLog(events));
}

/** SHA-256. */
export const digest = (text: string) => createHash("sha256").update(text).digest("hex");
