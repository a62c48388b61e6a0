// SPDX-License-Identifier: Apache-2.0
/** Conditions of role assignments: how a caller comes, from where, and when. What is not known does not hold. */

import { coversRange, inRange } from "./address-range.ts";

/** How a caller comes: by release to an attested node, or over the plain API. */
export type Via = "release" | "api";

/** What has to hold besides identity, action and object; an absent member asks nothing. */
export interface Conditions {
  /** CIDR ranges; the caller's address must lie in one. */
  readonly sourceRanges?: readonly string[] | undefined;
  /** Seconds since the epoch; from here on. */
  readonly notBefore?: number | undefined;
  /** Seconds since the epoch; up to here, and not at it. */
  readonly notAfter?: number | undefined;
}

/** When a request came and from where. */
export interface Circumstances {
  readonly at: Date;
  /** The client's own address; absent where the network does not preserve it. */
  readonly source?: string | undefined;
}

/** Whether `conditions` hold. */
export function meetsConditions(
  conditions: Conditions | undefined,
  circumstances: Circumstances | undefined,
): boolean {
  const { sourceRanges, notBefore, notAfter } = conditions ?? {};
  const seconds = (circumstances?.at.getTime() ?? Number.NaN) / 1000;
  const source = circumstances?.source;
  return (
    (notBefore === undefined || seconds >= notBefore) &&
    (notAfter === undefined || seconds < notAfter) &&
    (sourceRanges === undefined ||
      (source !== undefined && sourceRanges.some((range) => inRange(range, source))))
  );
}

/** Who may read on the plain routes may also have it released to an attested node; never the other way round. */
export function allowsVia(granted: Via, asked: Via): boolean {
  return granted === "api" || asked === "release";
}

/** Whether `wide` holds whenever `narrow` does. */
export function coversConditions(
  wide: Conditions | undefined,
  narrow: Conditions | undefined,
): boolean {
  const ranges = wide?.sourceRanges;
  const inner = narrow?.sourceRanges;
  return (
    (wide?.notBefore ?? Number.NEGATIVE_INFINITY) <=
      (narrow?.notBefore ?? Number.NEGATIVE_INFINITY) &&
    (wide?.notAfter ?? Number.POSITIVE_INFINITY) >=
      (narrow?.notAfter ?? Number.POSITIVE_INFINITY) &&
    (ranges === undefined ||
      (inner?.every((range) => ranges.some((outer) => coversRange(outer, range))) ?? false))
  );
}
