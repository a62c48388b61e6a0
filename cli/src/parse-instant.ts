// SPDX-License-Identifier: Apache-2.0
/** The option `--at`: an instant in place of now. */

import { systemClock } from "@strongroom/core";
import { CommandError } from "./terminal.ts";

const instant = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** The instant, RFC 3339; now where none is given. @throws {CommandError} `BadParameter` */
export function parseInstant(text: string | undefined): Date {
  if (text === undefined) {
    return systemClock.now();
  }
  const at = new Date(text);
  const [, day = ""] = instant.exec(text) ?? [];
  if (Number.isNaN(at.getTime()) || !isDay(day)) {
    throw new CommandError("BadParameter", "--at is no instant as 2026-01-31T12:00:00Z");
  }
  return at;
}

// `Date` takes 30 February for 2 March.
function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
