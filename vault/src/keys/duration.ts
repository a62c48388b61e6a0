// SPDX-License-Identifier: Apache-2.0
/** Durations of ISO 8601 (5.5.2.2) as rotation policies have them, added to instants by the calendar, in UTC. */

import { StrongroomError } from "@strongroom/core";

/** A duration; every member is a non-negative integer. */
export interface Duration {
  readonly months: number;
  readonly seconds: number;
}

const pattern =
  /^P(?!$)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,5})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?$/i;

const [minute, hour, day, week] = [60, 3_600, 86_400, 604_800] as const;

/** @throws {StrongroomError} `BadParameter` unless it is a duration of whole units, such as `P18M` or `PT12H`. */
export function parseDuration(text: string): Duration {
  const match = pattern.exec(text);
  if (match === null) {
    throw new StrongroomError("BadParameter", "not a duration of ISO 8601, such as P18M or P90D");
  }
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  return {
    months: years * 12 + months,
    seconds: weeks * week + days * day + hours * hour + minutes * minute + seconds,
  };
}

/** The instant a duration after `at`, in seconds since the epoch; the last day of a month stays within the month. */
export function addDuration(at: number, duration: Duration): number {
  return shift(at, duration.months) + duration.seconds;
}

/** The instant a duration before `at`. */
export function subtractDuration(at: number, duration: Duration): number {
  return shift(at - duration.seconds, -duration.months);
}

function shift(at: number, months: number): number {
  if (months === 0) {
    return at;
  }
  const from = new Date(at * 1_000);
  const to = new Date(at * 1_000);
  to.setUTCDate(1);
  to.setUTCMonth(from.getUTCMonth() + months);
  const last = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate();
  to.setUTCDate(Math.min(from.getUTCDate(), last));
  return Math.floor(to.getTime() / 1_000);
}
