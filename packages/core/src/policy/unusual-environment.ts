// SPDX-License-Identifier: Apache-2.0
/**
 * What of an environment nobody takes for good by silence: software in place of hardware, memory that a debugger or
 * another host may read, evidence that is not known to be fresh. A policy admits it only by a condition on that claim.
 */

import type { JsonValue } from "../canonical-json.ts";
import { type Claims, lookUpClaim } from "./look-up-claim.ts";

const off: readonly JsonValue[] = [false, "false", 0, "0"];

/** EAT's words for debugging that is off, at least until the next start. RFC 9711, section 4.2.9. */
const debugDisabled: readonly JsonValue[] = [
  "disabled",
  "disabled-since-boot",
  "disabled-permanently",
  "disabled-fully-and-permanently",
];

/** Claims with their usual values. Names are Azure Attestation's where they do not begin with `x-strongroom-`. */
const usual: readonly (readonly [claim: string, values: readonly JsonValue[]])[] = [
  ["x-strongroom-class", ["hardware"]],
  ["x-strongroom-fresh", [true]],
  ["x-ms-sevsnpvm-is-debuggable", off],
  ["x-ms-sevsnpvm-migration-allowed", off],
  ["x-ms-sgx-is-debuggable", off],
  ["tdx_td_attributes_debug", off],
  ["x-strongroom-tdx-migratable", off],
  ["x-strongroom-nitro-is-debuggable", off],
  ["dbgstat", debugDisabled],
];

/** Objects in which Azure's guest attestation repeats what the hardware beneath says. */
const places = ["", "x-ms-isolation-tee."];

/** Claims that a policy must name to admit this environment. */
export function unusualClaims(claims: Claims): readonly string[] {
  return places.flatMap((place) =>
    usual.flatMap(([name, values]) => {
      const claim = lookUpClaim(claims, `${place}${name}`);
      return claim === undefined || values.includes(claim) ? [] : [`${place}${name}`];
    }),
  );
}
