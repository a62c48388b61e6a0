// SPDX-License-Identifier: Apache-2.0
/** Text of others on a terminal: as JSON, in plain ASCII, so that it cannot write lines of its own. */

import { escapeUnprintable } from "./escape-unprintable.ts";

/** At most so many characters of the value as JSON; whatever is not printable ASCII is escaped, which JSON does not ask for. */
export function toPrintable(value: unknown, maxLength?: number): string {
  return escapeUnprintable(JSON.stringify(value).slice(0, maxLength));
}
