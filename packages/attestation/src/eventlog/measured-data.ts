// SPDX-License-Identifier: Apache-2.0
/** Whether a digest covers what an event says. Without that an event's data is somebody's word, whatever was replayed. */

import { createHash } from "node:crypto";
import { equalBytes, toHex } from "@strongroom/core";
import type { StrongHash } from "../tpm/algorithms.ts";
import type { FirmwareEvent } from "./parse-event-log.ts";

/** Whether the digest in this bank is that of `text`: of all of the event's data unless said otherwise. */
export function isMeasured(
  { digests, data }: FirmwareEvent,
  bank: StrongHash,
  text: Uint8Array = data,
): boolean {
  const digest = digests.get(bank);
  return digest !== undefined && equalBytes(createHash(bank).update(text).digest(), digest);
}

/**
 * Tells whether an event measured one of a few values, whatever the log says of it. Their digests are made once: a log has
 * thousands of events.
 */
export function measuredAs(
  values: readonly Uint8Array[],
  bank: StrongHash,
): (event: FirmwareEvent) => boolean {
  const known = new Set(values.map((value) => createHash(bank).update(value).digest("hex")));
  return ({ digests }) => known.has(toHex(digests.get(bank) ?? new Uint8Array()));
}
