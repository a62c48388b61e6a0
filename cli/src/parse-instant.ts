// SPDX-License-Identifier: Apache-2.0
/** The option `--at`: an instant in place of now. */

import { systemClock } from "@strongroom/core";
import { CommandError } from "./terminal.ts";

/** The instant, RFC 3339; now where none is given. @throws {CommandError} `BadParameter` */
export function parseInstant(text: string | undefined): Date {
  if (text === undefined) {
    return systemClock.now();
  }
  const at = new Date(text);
  if (
    !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text) ||
    Number.isNaN(at.getTime())
  ) {
    throw new CommandError("BadParameter", "--at is no instant as 2026-01-31T12:00:00Z");
  }
  return at;
}
