// SPDX-License-Identifier: Apache-2.0
/**
 * Texts that boot loaders measure: GRUB's commands and its kernel's command line (GNU GRUB manual, "Measuring boot components"),
 * and the options that systemd's stub gives a kernel (systemd-stub(7), "TPM PCR notes").
 */

import { concatBytes } from "@strongroom/core";
import { isMeasured } from "./measured-data.ts";
import type { FirmwareEvent } from "./parse-event-log.ts";
import type { ProvenEventLog } from "./verify-event-log.ts";

/** A text that a digest covers. Its label is covered by none: who hands in a log may call one the other. */
export interface BootText {
  readonly label: "command" | "kernel" | "module" | "options";
  readonly text: string;
}

/** What GRUB writes before the text that it hashes; versions without a colon are Fedora's. */
const prefixes: readonly (readonly [string, BootText["label"]])[] = [
  ["grub_cmd: ", "command"],
  ["grub_cmd ", "command"],
  ["kernel_cmdline: ", "kernel"],
  ["grub_kernel_cmdline ", "kernel"],
  ["module_cmdline: ", "module"],
];

/** The texts of a register, in their order; undefined where any of its events is none, or none that its digest covers. */
export function readBootTexts(
  { events, bank }: ProvenEventLog,
  register: number,
): readonly BootText[] | undefined {
  const texts = events
    .filter((event) => event.register === register)
    .map((event) => readGrubText(event, bank) ?? readOptions(event, bank));
  const known = texts.filter((text) => text !== undefined);
  return known.length === texts.length ? known : undefined;
}

function readGrubText(event: FirmwareEvent, bank: ProvenEventLog["bank"]): BootText | undefined {
  const { data } = event;
  const written = Buffer.from(data).toString("latin1");
  const [prefix, label] = prefixes.find(([one]) => written.startsWith(one)) ?? [];
  if (prefix === undefined || label === undefined || data.at(-1) !== 0) {
    return undefined;
  }
  // Old versions hash a command with the zero that ends it.
  const withZero = data.slice(prefix.length);
  const bytes = withZero.slice(0, -1);
  const isCovered = isMeasured(event, bank, bytes) || isMeasured(event, bank, withZero);
  const text = isCovered ? decode(bytes, "utf-8") : undefined;
  return text === undefined ? undefined : { label, text };
}

/** UTF-16 and its zero; old versions lose half of the zero in the log. */
function readOptions(event: FirmwareEvent, bank: ProvenEventLog["bank"]): BootText | undefined {
  const { data } = event;
  const bytes = data.length % 2 === 0 ? data : concatBytes(data, Uint8Array.of(0));
  const isText = bytes.length > 2 && bytes.at(-1) === 0 && bytes.at(-2) === 0;
  const text =
    isText && isMeasured(event, bank, bytes) ? decode(bytes.slice(0, -2), "utf-16le") : undefined;
  return text === undefined ? undefined : { label: "options", text };
}

function decode(bytes: Uint8Array, encoding: "utf-8" | "utf-16le"): string | undefined {
  try {
    const text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}
