// SPDX-License-Identifier: Apache-2.0
/** Whether an authentic report is of a guest and a platform that an administrator accepts. */

import { toHex } from "@strongroom/core";
import {
  assertStated,
  isBits,
  isCount,
  isList,
  isOneOf,
  orUnbound,
  type Stated,
} from "../stated.ts";
import { type Refused, refuse } from "../verdict.ts";
import { isAliasCheckComplete, readGuestPolicy } from "./guest-policy.ts";
import { isZero } from "./parse-snp-report.ts";
import type { AmdProduct } from "./product.ts";
import { isAtLeast, parseTcb, type SnpTcb } from "./tcb.ts";
import type { SnpFacts } from "./verify-snp-report.ts";

/** What is accepted. Every rule has to be stated; `unbound` is the statement that it is not wanted. */
export interface SnpRules {
  readonly debug: "refuse" | "allow";
  /** A migration agent can export the guest with its keys. */
  readonly migrationAgent: "refuse" | "allow";
  /** Privilege levels that may have asked for the report. */
  readonly vmpls: readonly number[] | "unbound";
  /** Least security versions, by product; they hold for the reported and for the committed firmware. */
  readonly floors: Readonly<Record<AmdProduct, SnpTcb | "refuse" | "unbound">>;
  /** Chips, as lower-case hexadecimal ids, that are refused. */
  readonly deniedChips: readonly string[];
  /** Cloud providers, as the certificates of their keys (VLEK) name them. */
  readonly providers: readonly string[] | "unbound";
  readonly aliasCheck: "required" | "unbound";
  /** Policy bits without a known meaning that may be set. */
  readonly unknownPolicyBits: bigint;
}

const allowance = isOneOf("refuse", "allow");

const stated: Stated<SnpRules> = {
  debug: allowance,
  migrationAgent: allowance,
  vmpls: orUnbound(isList),
  floors: (floors) => typeof floors === "object" && floors !== null,
  deniedChips: isList,
  providers: orUnbound(isList),
  aliasCheck: isOneOf("required", "unbound"),
  unknownPolicyBits: isBits,
};

/**
 * Refuses what the rules do not accept; the first rule that does not is the reason.
 *
 * @throws {StrongroomError} `BadParameter` if a rule is missing, or says nothing of the report's product.
 */
export function appraiseSnp(facts: SnpFacts, rules: SnpRules): Refused | undefined {
  assertStated(rules, stated);
  return checkGuest(facts, rules) ?? checkPlatform(facts, rules) ?? checkTcb(facts, rules);
}

function checkGuest({ report }: SnpFacts, rules: SnpRules): Refused | undefined {
  const policy = readGuestPolicy(report.policy);
  if (policy.debugAllowed && rules.debug !== "allow") {
    return refuse("policy-denied", "the host may debug the guest");
  }
  if (policy.migrationAgentAllowed && rules.migrationAgent !== "allow") {
    return refuse("policy-denied", "a migration agent may export the guest");
  }
  if (!policy.isValid || (policy.unknownBits & ~rules.unknownPolicyBits) !== 0n) {
    return refuse("policy-denied", "the guest's policy has bits of unknown meaning");
  }
  if (rules.vmpls !== "unbound" && !rules.vmpls.includes(report.vmpl)) {
    return refuse("policy-denied", `the report was asked for at privilege level ${report.vmpl}`);
  }
  return undefined;
}

function checkPlatform({ report, endorser }: SnpFacts, rules: SnpRules): Refused | undefined {
  const { holder } = endorser.leaf;
  const chip = holder.kind === "vcek" ? holder.hwId : report.chipId;
  // Turin's ids have eight bytes, in a field that is longer.
  const ids = [toHex(chip), toHex(chip.subarray(0, 8))];
  if (!isZero(chip) && rules.deniedChips.some((denied) => ids.includes(denied))) {
    return refuse("policy-denied", "the chip is denied");
  }
  const isProvider =
    holder.kind === "vcek" ||
    rules.providers === "unbound" ||
    rules.providers.includes(holder.cspId);
  if (!isProvider) {
    return refuse("policy-denied", "the key is of another provider");
  }
  return rules.aliasCheck === "unbound" || isAliasCheckComplete(report.platformInfo)
    ? undefined
    : refuse("policy-denied", "memory was not searched for aliases");
}

function checkTcb({ report, endorser }: SnpFacts, rules: SnpRules): Refused | undefined {
  const { product } = endorser.leaf;
  const reported = parseTcb(report.reportedTcb, product);
  const committed = parseTcb(report.committedTcb, product);
  const current = parseTcb(report.currentTcb, product);
  if (!isAtLeast(current, reported) || !isAtLeast(current, committed)) {
    return refuse("tcb-out-of-date", "the firmware is older than what it reports");
  }
  const floor = rules.floors[product];
  assertStated({ [product]: floor }, { [product]: isFloor });
  if (floor === "refuse") {
    return refuse("policy-denied", `${product} is not accepted`);
  }
  return floor === "unbound" || (isAtLeast(reported, floor) && isAtLeast(committed, floor))
    ? undefined
    : refuse("tcb-out-of-date", `the firmware is older than what is asked of ${product}`);
}

const parts = ["fmc", "bootLoader", "tee", "snp", "microcode"] as const satisfies (keyof SnpTcb)[];

function isFloor(value: unknown): boolean {
  const floor: object = typeof value === "object" && value !== null ? value : {};
  const isWhole = parts.every((part) => isCount(Reflect.get(floor, part)));
  return value === "refuse" || value === "unbound" || isWhole;
}
