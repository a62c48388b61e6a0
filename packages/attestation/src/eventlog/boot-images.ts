// SPDX-License-Identifier: Apache-2.0
/**
 * What the firmware started: digests of boot loaders, kernels and whatever else it measured beside them, in their order.
 * An event's type is nobody's proof, so that no image is left out for being called something else. TCG PC Client Platform
 * Firmware Profile, section 3.3.4.5.
 */

import { toHex, utf8 } from "@strongroom/core";
import { isMeasured } from "./measured-data.ts";
import type { ProvenEventLog } from "./verify-event-log.ts";

/** Where images are measured, and where the end of boot services is. */
const registersOf = { tpm: { images: 4, end: 5 }, td: { images: 2, end: 2 } } as const;

/** Digests that claims carry; machines have two to six. */
const mostImages = 64;

const exitBootServices = utf8("Exit Boot Services Invocation");

/**
 * Digests in the log's bank, hexadecimal.
 *
 * What is text or a structure that its digest covers (separators, actions, variables, partition tables) is no image.
 * Undefined where the registers are not proved, or firmware did not say that it ended: then anybody could have gone on.
 */
export function readBootImages(log: ProvenEventLog): readonly string[] | undefined {
  const { images, end } = registersOf[log.kind];
  const { bank, events } = log;
  const hasEnded = events.some(
    (event) => event.register === end && isMeasured(event, bank, exitBootServices),
  );
  const found = events
    .filter((event) => event.register === images && !isMeasured(event, bank))
    .map(({ digests }) => toHex(digests.get(bank) ?? new Uint8Array()));
  return hasEnded && found.length > 0 && found.length <= mostImages ? found : undefined;
}
