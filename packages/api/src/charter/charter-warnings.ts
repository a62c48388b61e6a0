// SPDX-License-Identifier: Apache-2.0
/** What somebody should know of a charter that is right as it is. */

import type { Charter } from "./charter.ts";

/** Days before the expiry from which on it is announced. */
const expiryNoticeDays = 30;

const msPerDay = 86_400_000;

/** Sentences for people, at an instant. */
export function charterWarnings(charter: Charter, at: Date): readonly string[] {
  return [...charterExpiryWarnings(charter, at), ...charterContentWarnings(charter)];
}

/** What is to be said of its end: nothing while that is more than 30 days away. */
export function charterExpiryWarnings(
  { expires, onExpiry }: Pick<Charter, "expires" | "onExpiry">,
  at: Date,
): readonly string[] {
  const days = Math.floor((expires * 1_000 - at.getTime()) / msPerDay);
  const then = onExpiry === "deny" ? "everything is denied" : "it goes on to hold";
  if (expires * 1_000 <= at.getTime()) {
    return [`the charter has expired: ${then}`];
  }
  return days < expiryNoticeDays ? [`the charter expires in ${days} days, then ${then}`] : [];
}

/** What is to be said of the rules themselves. */
export function charterContentWarnings({
  authorities,
  policies,
  roles,
  signers,
}: Charter): readonly string[] {
  const weak = authorities.filter(({ classes }) => classes.some((one) => one !== "hardware"));
  return [
    ...(signers.threshold === 1 ? ["one signer alone may change the charter"] : []),
    ...(roles === undefined
      ? ["the charter says nothing of roles: who may do what is for the resources alone"]
      : []),
    ...(policies.length === 0
      ? ["the charter governs no object: it only says which machines releases are for"]
      : []),
    ...weak.map(
      ({ name, classes }) => `authority ${name} admits what is no hardware: ${classes.join(", ")}`,
    ),
  ];
}
