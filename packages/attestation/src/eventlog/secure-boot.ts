// SPDX-License-Identifier: Apache-2.0
/**
 * What a proved log says about Secure Boot: its variables, as they were when the system was handed over, and who vouched for
 * what was started. UEFI, section 32.3; TCG PC Client Platform Firmware Profile, section 3.3.4.8.
 */

import { concatBytes, fromHex, utf8 } from "@strongroom/core";
import { type EfiVariable, globalVariable, readEfiVariable } from "./efi-variable.ts";
import { eventType } from "./event-types.ts";
import { isMeasured, measuredAs } from "./measured-data.ts";
import type { FirmwareEvent } from "./parse-event-log.ts";
import type { ProvenEventLog } from "./verify-event-log.ts";

/** The state, as far as it is proved. */
export interface SecureBootState {
  readonly isEnabled: boolean;
  /** Data of PK, KEK, db and dbx, by name. */
  readonly databases: ReadonlyMap<string, Uint8Array>;
  /**
   * What was measured since firmware handed over, in its order: entries of db, or of a shim's list, that vouched for an
   * image, and what else a shim measures so. A digest where the log does not say of what it is. Undefined where it is more
   * than any machine has.
   */
  readonly since: readonly (EfiVariable | Uint8Array)[] | undefined;
  /** Firmware says so when a debugger is attached to it. */
  readonly isFirmwareDebugged: boolean;
}

/** Where Secure Boot is measured. */
const registerOf = { tpm: 7, td: 1 } as const;

/** What firmware measures when it ends, before it starts anything. */
const goodEnds: readonly Uint8Array[] = [0, 0xff].map((one) => new Uint8Array(4).fill(one));

/** And what it measures then to tell of an error. In a TD's register a boot order may have the same bytes. */
const badEnds = { tpm: [Uint8Array.of(1, 0, 0, 0)], td: [] } as const;

/** `db` and `dbx` are of another namespace than `PK` and `KEK`; firmware measures none of these names of any other. */
const databases: readonly string[] = ["PK", "KEK", "db", "dbx"];

/** `SecureBoot` as it is measured where it has no value, is off, and is on. */
const states: readonly Uint8Array[] = [[], [0], [1]].map((value) => {
  const [name, data] = [Buffer.from("SecureBoot", "utf16le"), Uint8Array.from(value)];
  const lengths = new Uint8Array(16);
  lengths.set([name.length / 2], 0);
  lengths.set([data.length], 8);
  return concatBytes(fromHex(globalVariable), lengths, name, data);
});

/** Events since firmware ended; machines have one to five, and a system may add as many as it likes. */
const mostSince = 64;

/** With and without the zero that some firmware hashes. */
const debugModes: readonly Uint8Array[] = ["UEFI Debug Mode", "UEFI Debug Mode\0"].map(utf8);

/**
 * Reads the state.
 *
 * An event counts only if its digest is that of its data. Where a variable's is not, where there is not exactly one
 * separator, or not exactly one `SecureBoot` with a value, and that before it, nothing is said: undefined. What a separator
 * is, which value that variable has, and what tells of a debugger, is known by the digest: a type is not measured, and a
 * system can extend a register with a second beginning and call the first one something else.
 */
export function readSecureBoot(log: ProvenEventLog): SecureBootState | undefined {
  const register = registerOf[log.kind];
  const events = log.events.filter((event) => event.register === register);
  const is = (...values: readonly Uint8Array[]) => measuredAs(values, log.bank);
  const [end, another] = events.filter(is(...goodEnds, ...badEnds[log.kind]));
  if (end === undefined || another !== undefined || !is(...goodEnds)(end)) {
    return undefined;
  }
  const position = events.indexOf(end);
  const before = variablesOf(events.slice(0, position), eventType.efiVariableDriverConfig, log);
  const [state, again] = events.filter(is(...states));
  const isOff = state !== undefined && is(...states.slice(1, 2))(state);
  const isEnabled = state !== undefined && is(...states.slice(2))(state);
  const isStated = again === undefined && (isOff || isEnabled);
  if (before === undefined || !isStated || events.indexOf(state) > position) {
    return undefined;
  }
  return {
    isEnabled,
    databases: databasesOf(before),
    since: readSince(events.slice(position + 1), log),
    isFirmwareDebugged: events.some(is(...debugModes)),
  };
}

function readSince(events: readonly FirmwareEvent[], log: ProvenEventLog) {
  return events.length > mostSince ? undefined : events.map((event) => readEntry(event, log));
}

/** A variable, or the digest that stands for anything else. */
function readEntry(event: FirmwareEvent, log: ProvenEventLog): EfiVariable | Uint8Array {
  const variable = isMeasured(event, log.bank) ? readEfiVariable(event.data) : undefined;
  return variable ?? event.digests.get(log.bank) ?? new Uint8Array();
}

/** The variables of events of one type, or undefined if one of them is not what its digest says. */
function variablesOf(
  events: readonly FirmwareEvent[],
  type: number,
  log: ProvenEventLog,
): readonly EfiVariable[] | undefined {
  const entries = events
    .filter((event) => event.type === type)
    .map((event) => readEntry(event, log));
  const variables = entries.filter(isVariable);
  return variables.length === entries.length ? variables : undefined;
}

function isVariable(entry: EfiVariable | Uint8Array): entry is EfiVariable {
  return !(entry instanceof Uint8Array);
}

function databasesOf(variables: readonly EfiVariable[]): ReadonlyMap<string, Uint8Array> {
  const found = variables.filter(({ name }) => databases.includes(name));
  return new Map(found.map(({ name, data }) => [name, data]));
}
