// SPDX-License-Identifier: Apache-2.0
/** A line of others on a terminal: what is not printable ASCII is escaped, so that it cannot write lines or colours of its own. */

/** The line. */
export function escapeUnprintable(text: string): string {
  return text.replace(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
