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
  const attested = Object.keys(facts.pcrs["sha256"] ?? {}).map(Number);
  return {
    ...Object.fromEntries(entries.filter(isOurs)),
    "x-ms-attestation-type": "azurevm",
    "x-ms-azurevm-attested-pcrs": attested.toSorted((one, other) => one - other),
    ...(vmId === undefined ? {} : { "x-ms-azurevm-vmid": vmId }),
    "x-ms-isolation-tee": {
      ...Object.fromEntries(entries.filter((entry) => !isOurs(entry))),
      "x-ms-runtime": json,
    },
    "x-strongroom-pcrs": facts.pcrs,
  };
}
