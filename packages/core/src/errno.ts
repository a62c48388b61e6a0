// SPDX-License-Identifier: Apache-2.0
/** The operating system's name for what went wrong. */

/** `ENOENT` and the like; `undefined` if the error did not come from a system call: ours have a `code` too. */
export function errnoOf(error: unknown): string | undefined {
  const isOfSystem =
    typeof error === "object" && error !== null && "syscall" in error && "code" in error;
  return isOfSystem && typeof error.code === "string" ? error.code : undefined;
}
