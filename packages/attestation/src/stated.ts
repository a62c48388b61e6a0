// SPDX-License-Identifier: Apache-2.0
/**
 * Whether a caller said everything that it has to. The types ask for each expectation and rule; who calls without types may leave
 * one out, and what is not there must not become what is not checked.
 */

import { StrongroomError } from "@strongroom/core";

/** Whether a value states what a member is for. */
type Statement = (value: unknown) => boolean;

/** What each member has to be. */
export type Stated<T> = { readonly [Name in keyof T]-?: Statement };

/** @throws {StrongroomError} `BadParameter`, naming the member, if one is missing or of another kind. */
export function assertStated<T extends object>(given: T, stated: Stated<T>): void {
  const members: object = Object(given);
  for (const [name, isStated] of Object.entries<Statement>(stated)) {
    if (!isStated(Reflect.get(members, name))) {
      throw new StrongroomError("BadParameter", `${name} is not stated, or of another kind`);
    }
  }
}

/** @throws {StrongroomError} `BadParameter` if it is no instant. */
export function assertInstant(at: Date): void {
  if (!(at instanceof Date) || Number.isNaN(at.getTime())) {
    throw new StrongroomError("BadParameter", "the instant to verify at is none");
  }
}

/** Bytes. */
export const isByteString: Statement = (value) => value instanceof Uint8Array;
/** A list. */
export const isList: Statement = (value) => Array.isArray(value);
/** A text that is not empty. */
export const isText: Statement = (value) => typeof value === "string" && value !== "";
/** A number from 0 on. */
export const isCount: Statement = (value) => typeof value === "number" && value >= 0;
/** A set of bits. */
export const isBits: Statement = (value) => typeof value === "bigint";
/** Lists by name. */
export const areLists: Statement = (value) =>
  typeof value === "object" && value !== null && Object.values(value).every(isList);
/** Lists by name, at least one of them with something in it: lists of nothing would ask for nothing. */
export const askSomething: Statement = (value) =>
  areLists(value) && Object.values(value ?? {}).some((list) => list.length > 0);

/** One of these words. */
export function isOneOf(...words: readonly string[]): Statement {
  return (value) => typeof value === "string" && words.includes(value);
}

/** That it is not wanted, which has to be said as well. */
export function orUnbound(isStated: Statement): Statement {
  return (value) => value === "unbound" || isStated(value);
}

/** What need not be there. */
export function orAbsent(isStated: Statement): Statement {
  return (value) => value === undefined || isStated(value);
}
