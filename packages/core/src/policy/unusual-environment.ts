// SPDX-License-Identifier: Apache-2.0
/**
 * What of an environment nobody takes for good by silence: software in place of hardware, memory that a debugger or
 * another host may read, evidence that is not known to be fresh. A policy admits it only by a condition on that claim.
 */

import type { JsonValue } from "../json/canonical-json.ts";
import { type Claims, lookUpClaim } from "./look-up-claim.ts";

const off: readonly JsonValue[] = [false, "false", 0, "0"];

/** EAT's words for debugging that is off, at least until the next start. RFC 9711, section 4.2.9. */
const debugDisabled: readonly JsonValue[] = [
  "disabled",
  "disabled-since-boot",
  "disabled-permanently",
  "disabled-fully-and-permanently",
];

/** What there is to fear where a claim is unusual. */
export type UnusualTopic = "software" | "fresh" | "debug" | "migration";

interface WatchedClaim {
  readonly claim: string;
  readonly topic: UnusualTopic;
  readonly usual: readonly JsonValue[];
  /** Values that are unusual; there are others. */
  readonly unusual: readonly JsonValue[];
}

const flag = (topic: UnusualTopic, claim: string): WatchedClaim => ({
  ...{ claim, topic, usual: off, unusual: [true, 1] },
});

/** Names are Azure Attestation's where they do not begin with `x-strongroom-`. */
const watched: readonly WatchedClaim[] = [
  {
    ...{ claim: "x-strongroom-class", topic: "software", usual: ["hardware"] },
    unusual: ["virtual", "software"],
  },
  { claim: "x-strongroom-fresh", topic: "fresh", usual: [true], unusual: [false] },
  flag("debug", "x-ms-sevsnpvm-is-debuggable"),
  flag("migration", "x-ms-sevsnpvm-migration-allowed"),
  flag("debug", "x-ms-sgx-is-debuggable"),
  flag("debug", "tdx_td_attributes_debug"),
  flag("migration", "x-strongroom-tdx-migratable"),
  flag("debug", "x-strongroom-nitro-is-debuggable"),
  flag("debug", "x-strongroom-cca-is-debuggable"),
  // Of an Azure machine: a debugger of its firmware, loaders, hypervisor or kernel.
  {
    ...{ claim: "x-ms-azurevm-debuggersdisabled", topic: "debug", unusual: [false, 0] },
    usual: [true, "true", 1, "1"],
  },
  { claim: "dbgstat", topic: "debug", usual: debugDisabled, unusual: ["enabled"] },
];

/** Objects in which Azure's guest attestation repeats what the hardware beneath says. */
const places = ["", "x-ms-isolation-tee."];

/** Every claim that may be unusual, in each place where it may be. */
export const watchedClaims: readonly WatchedClaim[] = places.flatMap((place) =>
  watched.map((one) => ({ ...one, claim: `${place}${one.claim}` })),
);

/** Claims that a policy must name to admit this environment. */
export function unusualClaims(claims: Claims): readonly string[] {
  return watchedClaims.flatMap(({ claim, usual }) => {
    const found = lookUpClaim(claims, claim);
    return found === undefined || usual.includes(found) ? [] : [claim];
  });
}
