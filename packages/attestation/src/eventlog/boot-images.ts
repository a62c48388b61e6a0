// SPDX-License-Identifier: Apache-2.0
/**
 * What the firmware started: digests of boot loaders, kernels and whatever else it measured beside them, in their order.
 * An event's type is nobody's proof, so that no image is left out for being called something else. TCG PC Client Platform
 * Firmware Profile, section 3.3.4.5.
 */

import { toHex, utf8 } from "@strongroom/core";
import type { StrongHash } from "../tpm/algorithms.ts";
import { isMeasured, measuredAs } from "./measured-data.ts";
import type { FirmwareEvent } from "./parse-event-log.ts";
import type { ProvenEventLog } from "./verify-event-log.ts";

/** Where images are measured, and where the end of boot services is. */
const registersOf = { tpm: { images: 4, end: 5 }, td: { images: 2, end: 2 } } as const;

/** Digests that claims carry; machines have two to six. */
const mostImages = 64;

const exitBootServices = utf8("Exit Boot Services Invocation");

/** What firmware measures when it ends, with and without an error. */
const separators: readonly Uint8Array[] = [
  Uint8Array.of(0, 0, 0, 0),
  Uint8Array.of(0xff, 0xff, 0xff, 0xff),
  Uint8Array.of(1, 0, 0, 0),
];

/** Firmware's actions are short texts. */
const action = /^[\x20-\x7e]{1,128}\0?$/u;

/** How the table of a disk's partitions begins: UEFI, section 5.3.2. */
const partitionTable = "EFI PART";

/**
 * Digests in the log's bank, hexadecimal.
 *
 * Separators, texts and partition tables are no images, where the digest covers them. No other data takes a digest away:
 * that of an image is the hash of most of its bytes, which whoever hands in a log may write down as an event's data.
 * Undefined where the registers are not proved, or firmware did not say that it ended: then anybody could have gone on.
 */
export function readBootImages(log: ProvenEventLog): readonly string[] | undefined {
  const { images, end } = registersOf[log.kind];
  const { bank, events } = log;
  const isExit = measuredAs([exitBootServices], bank);
  const isSeparator = measuredAs(separators, bank);
  const hasEnded = events.some((event) => event.register === end && isExit(event));
  const found = events
    .filter(({ register }) => register === images)
    .filter((event) => !isSeparator(event) && !isOther(event, bank))
    .map(({ digests }) => toHex(digests.get(bank) ?? new Uint8Array()));
  return hasEnded && found.length > 0 && found.length <= mostImages ? found : undefined;
}

/** Whether an event is proved to be a text or a table, which no firmware can start. */
function isOther(event: FirmwareEvent, bank: StrongHash): boolean {
  const text = Buffer.from(event.data).toString("latin1");
  return (action.test(text) || text.startsWith(partitionTable)) && isMeasured(event, bank);
}
