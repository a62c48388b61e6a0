// SPDX-License-Identifier: Apache-2.0
/** Calls that all fail in the same way. */

import { expect } from "@jest/globals";

/** Waits for all of them: one that failed while another is waited for would be an unhandled rejection. */
export async function expectRejections(
  attempts: readonly Promise<unknown>[],
  reason: { readonly code: string; readonly message?: string },
): Promise<void> {
  for (const result of await Promise.allSettled(attempts)) {
    expect(result).toMatchObject({ status: "rejected", reason });
  }
}
