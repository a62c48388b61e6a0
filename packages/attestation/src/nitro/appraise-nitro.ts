// SPDX-License-Identifier: Apache-2.0
/** Whether an authentic attestation document is of an image that an administrator accepts; and what it claims. */

import { StrongroomError, toHex } from "@strongroom/core";
import { areLists, assertStated, isOneOf, orUnbound } from "../stated.ts";
import { type Refused, refuse } from "../verdict.ts";
import type { NitroFacts } from "./verify-nitro.ts";

/** What is accepted. Every rule has to be stated; `unbound` is the statement that it is not wanted. */
export interface NitroRules {
  readonly debug: "refuse" | "allow";
  /** Accepted values by register, lower-case hexadecimal; a register without a value in the document is refused. */
  readonly pcrs: Readonly<Record<string, readonly string[]>> | "unbound";
}

/**
 * Refuses what the rules do not accept.
 *
 * @throws {StrongroomError} `BadParameter` if a rule is missing, or they name no register at all: nothing would have been checked.
 */
export function appraiseNitro(facts: NitroFacts, rules: NitroRules): Refused | undefined {
  assertStated(rules, { debug: isOneOf("refuse", "allow"), pcrs: orUnbound(areLists) });
  if (facts.isDebug && rules.debug !== "allow") {
    return refuse("policy-denied", "the enclave runs in debug mode");
  }
  if (rules.pcrs === "unbound") {
    return undefined;
  }
  const expected = Object.entries(rules.pcrs);
  if (expected.length === 0) {
    throw new StrongroomError("BadParameter", "rules about registers name none");
  }
  const other = expected.find(([index, values]) => {
    const value = facts.document.pcrs.get(Number(index));
    return value === undefined || !values.includes(toHex(value));
  });
  return other && refuse("policy-denied", `register ${other[0]} has another value`);
}

/** The claims; Azure Attestation has none for Nitro, so that all but the type are Strongroom's own. */
export function toNitroClaims({
  document,
  root,
  isDebug,
}: NitroFacts): Readonly<Record<string, unknown>> {
  const pcrs = [...document.pcrs].map(([index, value]) => [String(index), toHex(value)] as const);
  const instance = /^(i-[0-9a-f]+)-/u.exec(document.moduleId)?.[1];
  return {
    "x-ms-attestation-type": "nitro",
    "x-strongroom-class": root.class,
    ...(instance === undefined ? {} : { "x-strongroom-nitro-instance-id": instance }),
    "x-strongroom-nitro-is-debuggable": isDebug,
    "x-strongroom-nitro-kind": document.kind,
    "x-strongroom-nitro-module-id": document.moduleId,
    "x-strongroom-nitro-pcrs": Object.fromEntries(pcrs),
    "x-strongroom-root": root.fingerprint,
    "x-strongroom-tier": document.kind === "enclave" ? "tee" : "tpm",
  };
}
