// SPDX-License-Identifier: Apache-2.0
/** Verified evidence of an Azure machine as claims: `azurevm`, with the hardware's under `x-ms-isolation-tee`. */

import type { JsonObject } from "../strict-json.ts";
import type { AzureVtpmFacts } from "./verify-azure-vtpm.ts";

/**
 * The claims.
 *
 * @param hardware The hardware's own claims, as `sevsnpvm` or `tdxvm`; those of Strongroom stay at the top.
 */
export function toAzureClaims(facts: AzureVtpmFacts<unknown>, hardware: JsonObject): JsonObject {
  const isOurs = ([name]: readonly [string, unknown]) => name.startsWith("x-strongroom-");
  const entries = Object.entries(hardware);
  const { json, vmId } = facts.runtimeData;
  return {
    ...Object.fromEntries(entries.filter(isOurs)),
    "x-ms-attestation-type": "azurevm",
    // Names that are numbers come in their order.
    "x-ms-azurevm-attested-pcrs": Object.keys(facts.pcrs["sha256"] ?? {}).map(Number),
    ...(vmId === undefined ? {} : { "x-ms-azurevm-vmid": vmId }),
    "x-ms-isolation-tee": {
      ...Object.fromEntries(entries.filter((entry) => !isOurs(entry))),
      "x-ms-runtime": json,
    },
    "x-strongroom-pcrs": facts.pcrs,
  };
}
