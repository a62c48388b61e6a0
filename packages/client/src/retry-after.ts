// SPDX-License-Identifier: Apache-2.0
/** How long the vault asked to wait, kept beside the error that came with it. RFC 9110 section 10.2.3. */

import type { Milliseconds } from "@strongroom/core";

/** Longest wait that is taken over: a wrong header must not silence a client. */
const maxWait: Milliseconds = 300_000;

const waits = new WeakMap<Error, Milliseconds>();

/** Notes the `Retry-After` header (seconds; dates are not used by the vault) of an error's answer. */
export function rememberRetryAfter(error: Error, header: string | undefined): void {
  if (header !== undefined && /^\d{1,6}$/.test(header)) {
    waits.set(error, Math.min(Number(header) * 1_000, maxWait));
  }
}

/** How long the vault asked to wait before trying again, if it did. */
export function retryAfterOf(error: unknown): Milliseconds | undefined {
  return error instanceof Error ? waits.get(error) : undefined;
}
