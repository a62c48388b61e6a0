// SPDX-License-Identifier: Apache-2.0
/** Whether a digest covers what an event says. Without that an event's data is somebody's word, whatever was replayed. */

import { createHash } from "node:crypto";
import { equalBytes } from "@strongroom/core";
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
