// SPDX-License-Identifier: Apache-2.0
/** Computes the values that registers have if they were extended with what a log says. TPM 2.0 Part 1, section 17.4. */

import { createHash } from "node:crypto";
import { malformed } from "../byte-reader.ts";
import { digestBytes, type TpmHash } from "../tpm/algorithms.ts";
import { eventType } from "./event-types.ts";
import type { EventLog, FirmwareEvent } from "./parse-event-log.ts";

/** Whose registers they are: a TPM's, some of which do not begin with zeros, or a TD's. */
export type RegisterKind = "tpm" | "td";

/** PCRs that dynamic launch resets: ones until then. */
const dynamic = { first: 17, last: 22 } as const;

/** "StartupLocality" and its zero, before the locality. */
const startup = "StartupLocality\0";

/** Localities that a TPM is started from: 0, 3, and 4 with a hardware-measured core root of trust. */
const localities: readonly number[] = [0, 3, 4];

/** Values by register, of those that an event names or that `asked` names. */
export function replayEventLog(
  { events }: EventLog,
  bank: TpmHash,
  kind: RegisterKind,
  asked: Iterable<number>,
): ReadonlyMap<number, Uint8Array> {
  const locality = kind === "tpm" ? startupLocality(events) : 0;
  const extended = events.filter(({ type }) => type !== eventType.noAction);
  const registers = new Set([...asked, ...extended.map(({ register }) => register)]);
  const values = new Map<number, Uint8Array>();
  for (const register of registers) {
    values.set(register, initialValue(register, bank, kind, locality));
  }
  for (const event of extended) {
    const digest = event.digests.get(bank);
    const value = values.get(event.register);
    if (digest === undefined || value === undefined) {
      throw malformed(`an event has no digest of ${bank}`);
    }
    const next = createHash(bank).update(value).update(digest).digest();
    values.set(event.register, new Uint8Array(next));
  }
  return values;
}

function initialValue(
  register: number,
  bank: TpmHash,
  kind: RegisterKind,
  locality: number,
): Uint8Array {
  const value = new Uint8Array(digestBytes[bank]);
  if (kind === "tpm" && register >= dynamic.first && register <= dynamic.last) {
    return value.fill(0xff);
  }
  if (register === 0) {
    value[value.length - 1] = locality;
  }
  return value;
}

/** PCR 0 begins with the locality, which an event says that is extended nowhere; the replay shows whether it is so. */
function startupLocality(events: readonly FirmwareEvent[]): number {
  const stated = events.filter(
    ({ type, data }) =>
      type === eventType.noAction &&
      data.length === startup.length + 1 &&
      Buffer.from(data.subarray(0, startup.length)).toString("latin1") === startup,
  );
  const [event, another] = stated;
  const locality = event?.data.at(-1) ?? 0;
  if (another !== undefined || !localities.includes(locality)) {
    throw malformed("an event log says twice where the tpm was started from, or from nowhere");
  }
  return locality;
}
