// SPDX-License-Identifier: Apache-2.0
/** A log as the kernel shows it: each reading gives what comes next, the last one again and again. */

import { errno } from "../../tsm/__fixtures__/fake-configfs.ts";
import type { LogFiles } from "../log-files.ts";

/** What a reading gives: bytes, or the kernel's word for why not. */
export type Reading = Uint8Array | string;

/** The file, and how often it was read. */
export interface FakeLogFiles extends LogFiles {
  readonly asked: readonly { readonly path: string; readonly most: number }[];
}

/** Makes it. @param during Happens after each reading, which is counted from 1 */
export function makeFakeLogFiles(
  readings: readonly Reading[],
  during: (count: number) => Promise<void> = async () => undefined,
): FakeLogFiles {
  const asked: { readonly path: string; readonly most: number }[] = [];
  return {
    asked,
    read: async (path, most) => {
      asked.push({ path, most });
      const reading = readings[Math.min(asked.length, readings.length) - 1] ?? "ENOENT";
      await during(asked.length);
      if (typeof reading === "string") {
        throw errno(reading);
      }
      return reading.slice(0, most + 1);
    },
  };
}
