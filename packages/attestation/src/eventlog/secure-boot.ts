// SPDX-License-Identifier: Apache-2.0
/**
 * What a proved log says about Secure Boot: its variables, as they were when the system was handed over, and who vouched for
 * what was started. UEFI, section 32.3; TCG PC Client Platform Firmware Profile, section 3.3.4.8.
 */

import { createHash } from "node:crypto";
import { equalBytes, toHex } from "@strongroom/core";
import { type EfiVariable, globalVariable, readEfiVariable } from "./efi-variable.ts";
import { eventType } from "./event-types.ts";
import type { FirmwareEvent } from "./parse-event-log.ts";
import type { ProvenEventLog } from "./verify-event-log.ts";

/** The state, as far as it is proved. */
export interface SecureBootState {
  readonly isEnabled: boolean;
  /** SHA-256 of the data of PK, KEK, db and dbx, by name; hexadecimal. */
  readonly variables: Readonly<Record<string, string>>;
  /** SHA-256 of each entry of db (or of a shim's list) that vouched for an image, in their order; hexadecimal. */
  readonly authorities: readonly string[];
  /** Firmware says so when a debugger is attached to it. */
  readonly isFirmwareDebugged: boolean;
}

/** Where Secure Boot is measured. */
const registerOf = { tpm: 7, td: 1 } as const;

/** Values of a separator that ends what firmware does before it starts anything: other values report an error. */
const goodSeparators: readonly string[] = ["00000000", "ffffffff"];

const databases: readonly string[] = ["PK", "KEK", "db", "dbx"];

const debugMode = "UEFI Debug Mode";

/**
 * Reads the state.
 *
 * An event counts only if its digest is that of its data. Where a variable's is not, where there is not exactly one
 * separator, or not exactly one `SecureBoot` with a value before it, nothing is said: undefined.
 */
export function readSecureBoot(log: ProvenEventLog): SecureBootState | undefined {
  const register = registerOf[log.kind];
  const events = log.events.filter((event) => event.register === register);
  const separators = events.filter(({ type }) => type === eventType.separator);
  const [separator, another] = separators;
  const isGood =
    separator !== undefined &&
    another === undefined &&
    isHonest(separator, log) &&
    goodSeparators.includes(toHex(separator.data));
  if (!isGood) {
    return undefined;
  }
  const position = events.indexOf(separator);
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
    variables: Object.fromEntries(
      before.filter(isDatabase).map(({ name, data }) => [name, digestOf(data)]),
    ),
    authorities: authoritiesOf(events, log),
    isFirmwareDebugged: events.some((event) => isDebug(event, log)),
  };
}

/** The variables of events of one type, or undefined if one of them is not what its digest says. */
function variablesOf(
  events: readonly FirmwareEvent[],
  type: number,
  log: ProvenEventLog,
): readonly EfiVariable[] | undefined {
  const variables = events
    .filter((event) => event.type === type)
    .map((event) => (isHonest(event, log) ? readEfiVariable(event.data) : undefined));
  const known = variables.filter((variable) => variable !== undefined);
  return known.length === variables.length ? known : undefined;
}

/** Some shims extend another digest than that of what they log: such entries are left out. */
function authoritiesOf(events: readonly FirmwareEvent[], log: ProvenEventLog): readonly string[] {
  return events
    .filter((event) => event.type === eventType.efiVariableAuthority && isHonest(event, log))
    .flatMap(({ data }) => readEfiVariable(data) ?? [])
    .map(({ data }) => digestOf(data));
}

function isHonest({ digests, data }: FirmwareEvent, { bank }: ProvenEventLog): boolean {
  const digest = digests.get(bank);
  return digest !== undefined && equalBytes(createHash(bank).update(data).digest(), digest);
}

function isSecureBoot({ vendor, name }: EfiVariable): boolean {
  return vendor === globalVariable && name === "SecureBoot";
}

/** `db` and `dbx` are of another namespace than `PK` and `KEK`; firmware measures none of these names of any other. */
function isDatabase({ name }: EfiVariable): boolean {
  return databases.includes(name);
}

function isDebug(event: FirmwareEvent, log: ProvenEventLog): boolean {
  const text = Buffer.from(event.data).toString("latin1").replace(/\0$/u, "");
  return event.type === eventType.efiAction && text === debugMode && isHonest(event, log);
}

function digestOf(data: Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
