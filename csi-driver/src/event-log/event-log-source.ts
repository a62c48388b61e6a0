// SPDX-License-Identifier: Apache-2.0
/**
 * A log of what was measured, beside a quote of the registers that it gives. A log is never what an attestation fails for:
 * without it the token lacks the log's claims, and what asks for one of those is denied.
 */

import { maxEventLogBytes } from "@strongroom/api";
import {
  eventLogPcrs,
  type ProvenEventLog,
  type SignedRegisters,
  verifyEventLog,
} from "@strongroom/attestation";
import { type Clock, equalBytes, errnoOf, type Log } from "@strongroom/core";
import { eventLogAreaBytes, eventLogWaits } from "../limits.ts";
import type { LogFiles } from "./log-files.ts";

/** What a source works with. */
export interface EventLogDeps {
  readonly files: LogFiles;
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** How something is quoted. */
export interface Quoting<Quoted> {
  /** Makes a quote. @param pcrs Registers of a TPM that it has to cover besides those that are wanted anyway */
  readonly quote: (pcrs: readonly number[]) => Promise<Quoted>;
  /** What the quote says of registers. */
  readonly registersOf: (quoted: Quoted) => SignedRegisters;
}

/** A quote, and the log that gives the values that it signs. */
export type Logged<Quoted> = Quoted & { readonly eventLog?: Uint8Array };

/** Where a log may be. */
export interface EventLogSource {
  /** Has something quoted, anew where the log changed meanwhile. @throws {StrongroomError} What quoting says, and nothing else */
  quoteWith<Quoted extends object>(
    quoting: Quoting<Quoted>,
    signal: AbortSignal,
  ): Promise<Logged<Quoted>>;
}

/** Of a node whose logs nobody wants. */
export const noEventLog: EventLogSource = {
  quoteWith: async ({ quote }) => await quote([]),
};

/** A source; nothing is read before the first quote. What becomes of the log is told once, until it is something else. */
export function createEventLogSource(deps: EventLogDeps): EventLogSource {
  let told = "";
  const tell = (outcome: string, size?: number) => {
    if (outcome !== told) {
      told = outcome;
      const fields = { path: deps.path, reason: outcome };
      size === undefined
        ? deps.log.warn("no event log is sent", fields)
        : deps.log.info("the event log is sent", { path: deps.path, size });
    }
  };
  return {
    quoteWith: async (quoting, signal) => {
      const { eventLog, quoted, outcome } = await quoteBeside(deps, quoting, signal);
      tell(outcome, eventLog?.length);
      return eventLog === undefined ? quoted : { ...quoted, eventLog };
    },
  };
}

interface Outcome<Quoted> {
  readonly quoted: Quoted;
  readonly eventLog?: Uint8Array;
  /** `sent`, or why not. */
  readonly outcome: string;
}

async function quoteBeside<Quoted>(
  deps: EventLogDeps,
  { quote, registersOf }: Quoting<Quoted>,
  signal: AbortSignal,
): Promise<Outcome<Quoted>> {
  let read = await readLog(deps);
  for (let attempt = 0; ; attempt += 1) {
    if (read.kind === "none") {
      return { quoted: await quote([]), outcome: read.reason };
    }
    const quoted = await quote(eventLogPcrs);
    const verdict = verifyEventLog(read.bytes, registersOf(quoted));
    if (verdict.kind === "verified") {
      return { quoted, ...cutOut(read.bytes, verdict.claims) };
    }
    const wait = eventLogWaits[attempt];
    const before = read.bytes;
    if (wait !== undefined) {
      await deps.clock.sleep(wait, signal);
      read = await readLog(deps);
    }
    // What extends a register writes it down a moment later. A log that stays as it was is not of these registers.
    if (wait === undefined || (read.kind === "log" && equalBytes(read.bytes, before))) {
      return { quoted, outcome: `${verdict.class}: ${verdict.reason}` };
    }
  }
}

/** Of an area the log alone: the rest is filling. */
function cutOut(area: Uint8Array, { length }: ProvenEventLog): Omit<Outcome<unknown>, "quoted"> {
  return length > maxEventLogBytes
    ? { outcome: tooLong(maxEventLogBytes) }
    : { eventLog: area.slice(0, length), outcome: "sent" };
}

type LogRead =
  | { readonly kind: "log"; readonly bytes: Uint8Array }
  | { readonly kind: "none"; readonly reason: string };

async function readLog({ files, path }: EventLogDeps): Promise<LogRead> {
  try {
    const bytes = await files.read(path, eventLogAreaBytes);
    if (bytes.length === 0) {
      return { kind: "none", reason: "the log is empty" };
    }
    return bytes.length > eventLogAreaBytes
      ? { kind: "none", reason: tooLong(eventLogAreaBytes) }
      : { kind: "log", bytes };
  } catch (error) {
    return { kind: "none", reason: toReason(errnoOf(error)) };
  }
}

const tooLong = (most: number) => `the log is longer than ${most} bytes`;

/** Nodes without a TPM, firmware that keeps no log, kernels that do not show it. */
const absent: readonly (string | undefined)[] = ["ENOENT", "ENOTDIR", "ENODEV", "ENXIO"];

function toReason(errno: string | undefined): string {
  return absent.includes(errno)
    ? "the node has none"
    : `the log cannot be read (${errno ?? "unknown"})`;
}
