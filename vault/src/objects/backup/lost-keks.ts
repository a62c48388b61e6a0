// SPDX-License-Identifier: Apache-2.0
/** Why a backup's key does not open: the key encryption key that it is under is named, where the HSM does not hold it. */

import { fromUtf8, parseJson } from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import { z } from "zod";
import { Refusal } from "../../audit/event.ts";
import { unreadable } from "./backup-format.ts";

const headerSchema = z.object({ kek: z.string().regex(/^[0-9a-f]{32}$/) });

/** Longest header of a blob in bytes. */
const maxHeaderLength = 4_096;

/** The refusal of a blob that the HSM host has rejected. */
export async function refusalOfBlob(
  hsm: Pick<HsmClient, "status">,
  blob: Uint8Array,
): Promise<Refusal> {
  const kek = kekOf(blob);
  const { generations } = await hsm.status();
  const held = generations.some(({ n, e, s }) => [n, e, s].includes(kek ?? ""));
  return kek === undefined || held ? unreadable() : lostKeks([kek]);
}

/** The refusal of a backup that needs keys which this HSM does not hold, by their key check values. */
export function lostKeks(keks: readonly string[]): Refusal {
  return new Refusal(
    "BadParameter",
    `the backup needs key encryption key ${keks.join(", ")}, which this HSM has retired or never had`,
    { keks },
  );
}

// Nothing vouches for it here: it is said to a person, and nothing follows from it.
function kekOf(blob: Uint8Array): string | undefined {
  const length = blob.length < 5 ? 0 : new DataView(blob.buffer, blob.byteOffset).getUint32(1);
  if (length === 0 || length > maxHeaderLength || blob.length < 5 + length) {
    return undefined;
  }
  try {
    return headerSchema.parse(parseJson(fromUtf8(blob.subarray(5, 5 + length)))).kek;
  } catch {
    // It is no blob of ours, and names nothing.
    return undefined;
  }
}
