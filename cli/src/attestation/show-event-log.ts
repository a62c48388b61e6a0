// SPDX-License-Identifier: Apache-2.0
/** Firmware's event logs in words: a line for each event. */

import {
  eventTypeName,
  type FirmwareEvent,
  parseEventLog,
  readEfiVariable,
} from "@strongroom/attestation";
import { toHex } from "@strongroom/core";

/** Characters of an event's text, and bytes of its data, that are shown. */
const longest = { text: 160, data: 32 } as const;

/** A line for each event: register, type, digest by bank, and what its data are or say. */
export function showEventLog(log: Uint8Array): readonly string[] {
  return parseEventLog(log).events.map(toLine);
}

function toLine(event: FirmwareEvent): string {
  const digests = [...event.digests].map(([bank, digest]) => `${bank}:${toHex(digest)}`);
  const type = eventTypeName(event.type);
  const start = [`register ${event.register}`, type, ...digests];
  return [...start, describe(type, event.data)].filter((part) => part !== "").join("  ");
}

function describe(type: string, data: Uint8Array): string {
  const variable = type.startsWith("EV_EFI_VARIABLE_") ? readEfiVariable(data) : undefined;
  if (variable !== undefined) {
    return `${variable.name}, ${variable.data.length} bytes`;
  }
  const text = toText(data);
  if (text !== undefined) {
    return JSON.stringify(text.slice(0, longest.text));
  }
  const more = data.length > longest.data ? `… ${data.length} bytes` : "";
  return toHex(data.slice(0, longest.data)) + more;
}

/** Text that tools measure, with its zero or without, in one byte a character or in two. */
function toText(data: Uint8Array): string | undefined {
  const buffer = Buffer.from(data);
  return [buffer.toString("latin1"), buffer.toString("utf16le")]
    .map((text) => text.replace(/\0$/u, ""))
    .find((text) => /^[\x20-\x7e\n]{3,}$/u.test(text));
}
