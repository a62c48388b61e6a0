// SPDX-License-Identifier: Apache-2.0
/** The operating system's name for what went wrong. */

/** `ENOENT` and the like; `undefined` if the error did not come from a system call. */
export function errnoOf(error: unknown): string | undefined {
  const isNamed = typeof error === "object" && error !== null && "code" in error;
  return isNamed && typeof error.code === "string" ? error.code : undefined;
}
