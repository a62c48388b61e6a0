// SPDX-License-Identifier: Apache-2.0
/** A key's rotation policy: Key Vault's rules for one, and what it says is due. Pure: instants come in as seconds. */

import { StrongroomError } from "@strongroom/core";
import { z } from "zod";
import { addDuration, parseDuration, subtractDuration } from "./duration.ts";

const trigger = z.object({
  timeAfterCreate: z.string().max(64).nullish(),
  timeBeforeExpiry: z.string().max(64).nullish(),
});

/** A policy as it travels. Unknown members are ignored, as Key Vault does. */
export const rotationPolicyWireSchema = z.object({
  lifetimeActions: z
    .array(z.object({ trigger: trigger.nullish(), action: z.object({ type: z.string().max(32) }) }))
    .max(2)
    .nullish(),
  attributes: z.object({ expiryTime: z.string().max(64).nullish() }).nullish(),
});

/** Such a policy. */
export type WireRotationPolicy = z.infer<typeof rotationPolicyWireSchema>;

/** A policy as stored; times in seconds since the epoch. */
export const rotationPolicySchema = z.object({
  rotate: z
    .object({ timeAfterCreate: z.string().optional(), timeBeforeExpiry: z.string().optional() })
    .optional(),
  notify: z.object({ timeBeforeExpiry: z.string() }).optional(),
  expiryTime: z.string().optional(),
  created: z.number(),
  updated: z.number(),
});

/** A stored policy. */
export type RotationPolicy = z.infer<typeof rotationPolicySchema>;

/** What a policy is about. */
export interface RotatedVersion {
  readonly created: number;
  readonly exp?: number | undefined;
}

/**
 * Seconds between two versions, at least. Key Vault asks for 7 days, Managed HSM for 28; here a version costs little
 * and is never used up, but a policy must not fill the store.
 */
const leastInterval = 3_600;

/** Seconds that a version lives, at most, a month counted as below: P1000Y. Clients' calendars end with the year 9999. */
const longestLifetime = 12_000 * 28 * 86_400;

/** The policy that a body asks for. @throws {StrongroomError} `BadParameter` for what contradicts itself. */
export function rotationPolicyOf(
  wire: WireRotationPolicy,
  now: number,
  existing: RotationPolicy | undefined,
): RotationPolicy {
  const actions = wire.lifetimeActions ?? [];
  const [rotate, notify] = ["rotate", "notify"].map((type) => triggerOf(actions, type));
  const expiryTime = wire.attributes?.expiryTime ?? undefined;
  const known = actions.filter(({ action }) => /^(rotate|notify)$/i.test(action.type));
  require(known.length === actions.length, "the only actions are Rotate and Notify");
  requireLifetime(expiryTime);
  requireRotation(rotate, expiryTime);
  require(notify?.timeAfterCreate === undefined, "Notify is triggered by timeBeforeExpiry alone");
  return {
    ...(rotate === undefined ? {} : { rotate }),
    ...(notify?.timeBeforeExpiry === undefined
      ? {}
      : { notify: { timeBeforeExpiry: notify.timeBeforeExpiry } }),
    ...(expiryTime === undefined ? {} : { expiryTime }),
    created: existing?.created ?? now,
    updated: now,
  };
}

/** When the version is to be replaced, or never by itself. */
export function rotationDue(policy: RotationPolicy, version: RotatedVersion): number | undefined {
  const { timeAfterCreate, timeBeforeExpiry } = policy.rotate ?? {};
  if (timeAfterCreate !== undefined) {
    return addDuration(version.created, parseDuration(timeAfterCreate));
  }
  return timeBeforeExpiry === undefined || version.exp === undefined
    ? undefined
    : // Never at once: a version that is made too late for its own expiry would be replaced without end.
      Math.max(
        subtractDuration(version.exp, parseDuration(timeBeforeExpiry)),
        version.created + leastInterval,
      );
}

/** When near expiry is to be announced, or never. */
export function notificationDue(
  policy: RotationPolicy,
  { exp }: RotatedVersion,
): number | undefined {
  return policy.notify === undefined || exp === undefined
    ? undefined
    : subtractDuration(exp, parseDuration(policy.notify.timeBeforeExpiry));
}

/** `exp` of a version that is made at `now`, or none. */
export function expiryOf({ expiryTime }: Pick<RotationPolicy, "expiryTime">, now: number) {
  return expiryTime === undefined ? undefined : addDuration(now, parseDuration(expiryTime));
}

type Trigger = Readonly<Partial<Record<"timeAfterCreate" | "timeBeforeExpiry", string>>>;

function triggerOf(
  actions: NonNullable<WireRotationPolicy["lifetimeActions"]>,
  type: string,
): Trigger | undefined {
  const [action, second] = actions.filter(({ action }) => action.type.toLowerCase() === type);
  require(second === undefined, "each action stands once");
  if (action === undefined) {
    return undefined;
  }
  const { timeAfterCreate, timeBeforeExpiry } = action.trigger ?? {};
  const given = [timeAfterCreate, timeBeforeExpiry].filter((time) => time != null && time !== "");
  require(given.length === 1, "an action has one trigger");
  return timeAfterCreate ? { timeAfterCreate } : { timeBeforeExpiry: timeBeforeExpiry ?? "" };
}

function requireLifetime(expiryTime: string | undefined): void {
  if (expiryTime !== undefined) {
    require(lengthOf(expiryTime) >= leastInterval, "expiryTime is shorter than an hour");
    require(lengthOf(expiryTime) <= longestLifetime, "expiryTime is longer than a thousand years");
  }
}

function requireRotation(rotate: Trigger | undefined, expiryTime: string | undefined): void {
  const { timeAfterCreate, timeBeforeExpiry } = rotate ?? {};
  const lifetime = expiryTime === undefined ? Number.POSITIVE_INFINITY : lengthOf(expiryTime);
  if (timeAfterCreate !== undefined) {
    const interval = lengthOf(timeAfterCreate);
    require(interval >= leastInterval, "timeAfterCreate is shorter than an hour");
    require(interval < lifetime, "timeAfterCreate is not before the expiry");
  }
  if (timeBeforeExpiry !== undefined) {
    require(expiryTime !== undefined, "Rotate with timeBeforeExpiry needs expiryTime");
    require(lifetime - lengthOf(timeBeforeExpiry) >=
      leastInterval, "timeBeforeExpiry is less than an hour after the creation");
  }
}

/** Seconds, where a month counts 28 days: long enough for every month. */
function lengthOf(text: string): number {
  const { months, seconds } = parseDuration(text);
  return months * 28 * 86_400 + seconds;
}

function require(holds: boolean, message: string): asserts holds {
  if (!holds) {
    throw new StrongroomError("BadParameter", message);
  }
}
