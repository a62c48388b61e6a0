// SPDX-License-Identifier: Apache-2.0
/** Text of others on a terminal: as JSON, in plain ASCII, so that it cannot write lines of its own. */

/** At most so many characters of the value as JSON; whatever is not printable ASCII is escaped, which JSON does not ask for. */
export function toPrintable(value: unknown, maxLength?: number): string {
  return JSON.stringify(value)
    .slice(0, maxLength)
    .replace(
      /[^ -~]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}
