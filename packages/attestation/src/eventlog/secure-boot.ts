// SPDX-License-Identifier: Apache-2.0
/**
 * What a proved log says about Secure Boot: its variables, as they were when the system was handed over, and who vouched for
 * what was started. UEFI, section 32.3; TCG PC Client Platform Firmware Profile, section 3.3.4.8.
 */

import { utf8 } from "@strongroom/core";
import { type EfiVariable, globalVariable, readEfiVariable } from "./efi-variable.ts";
import { eventType } from "./event-types.ts";
import { isMeasured } from "./measured-data.ts";
import type { FirmwareEvent } from "./parse-event-log.ts";
import type { ProvenEventLog } from "./verify-event-log.ts";

/** The state, as far as it is proved. */
export interface SecureBootState {
  readonly isEnabled: boolean;
  /** Data of PK, KEK, db and dbx, by name. */
  readonly databases: ReadonlyMap<string, Uint8Array>;
  /** Entries of db, or of a shim's list, that vouched for an image, and what else a shim measures so; in their order. */
  readonly authorities: readonly EfiVariable[];
  /** Everything that was measured since firmware handed over; undefined where a part of it is none of such entries. */
  readonly since: readonly EfiVariable[] | undefined;
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

/** With and without the zero that some firmware hashes. */
const debugModes: readonly Uint8Array[] = ["UEFI Debug Mode", "UEFI Debug Mode\0"].map(utf8);

/**
 * Reads the state.
 *
 * An event counts only if its digest is that of its data. Where a variable's is not, where there is not exactly one
 * separator, or not exactly one `SecureBoot` with a value before it, nothing is said: undefined. What a separator is, and
 * what tells of a debugger, is known by the digest: a type is not measured, and a system can extend a register with a second
 * beginning and call the first one something else.
 */
export function readSecureBoot(log: ProvenEventLog): SecureBootState | undefined {
  const register = registerOf[log.kind];
  const events = log.events.filter((event) => event.register === register);
  const isOneOf = (event: FirmwareEvent, values: readonly Uint8Array[]) =>
    values.some((value) => isMeasured(event, log.bank, value));
  const [end, another] = events.filter((event) =>
    isOneOf(event, [...goodEnds, ...badEnds[log.kind]]),
  );
  if (end === undefined || another !== undefined || !isOneOf(end, goodEnds)) {
    return undefined;
  }
  const position = events.indexOf(end);
  const before = variablesOf(events.slice(0, position), eventType.efiVariableDriverConfig, log);
  const late = variablesOf(events.slice(position), eventType.efiVariableDriverConfig, log);
  if (before === undefined || late?.some(isSecureBoot) !== false) {
    return undefined;
  }
  const [state, again] = before.filter(isSecureBoot);
  const value = state?.data.length === 1 ? state.data[0] : undefined;
  if (again !== undefined || (value !== 0 && value !== 1)) {
    return undefined;
  }
  return {
    isEnabled: value === 1,
    databases: databasesOf(before),
    authorities: authoritiesOf(events, log),
    since: toVariables(events.slice(position + 1), log),
    isFirmwareDebugged: events.some((event) => isDebug(event, log)),
  };
}

/** The variables of events of one type, or undefined if one of them is not what its digest says. */
function variablesOf(
  events: readonly FirmwareEvent[],
  type: number,
  log: ProvenEventLog,
): readonly EfiVariable[] | undefined {
  return toVariables(
    events.filter((event) => event.type === type),
    log,
  );
}

function toVariables(
  events: readonly FirmwareEvent[],
  log: ProvenEventLog,
): readonly EfiVariable[] | undefined {
  const variables = events.map((event) =>
    isMeasured(event, log.bank) ? readEfiVariable(event.data) : undefined,
  );
  const known = variables.filter((variable) => variable !== undefined);
  return known.length === variables.length ? known : undefined;
}

function databasesOf(variables: readonly EfiVariable[]): ReadonlyMap<string, Uint8Array> {
  const found = variables.filter(({ name }) => databases.includes(name));
  return new Map(found.map(({ name, data }) => [name, data]));
}

/** Some shims extend another digest than that of what they log: such entries are left out. */
function authoritiesOf(
  events: readonly FirmwareEvent[],
  log: ProvenEventLog,
): readonly EfiVariable[] {
  return events
    .filter((event) => event.type === eventType.efiVariableAuthority && isMeasured(event, log.bank))
    .flatMap(({ data }) => readEfiVariable(data) ?? []);
}

function isSecureBoot({ vendor, name }: EfiVariable): boolean {
  return vendor === globalVariable && name === "SecureBoot";
}

function isDebug(event: FirmwareEvent, log: ProvenEventLog): boolean {
  return debugModes.some((text) => isMeasured(event, log.bank, text));
}
