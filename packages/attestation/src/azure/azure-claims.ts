// SPDX-License-Identifier: Apache-2.0
/** Verified evidence of an Azure machine as claims: `azurevm`, with the hardware's under `x-ms-isolation-tee`. */

import { fromHex } from "@strongroom/core";
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
  const pcrs = facts.pcrs["sha256"] ?? {};
  return {
    ...Object.fromEntries(entries.filter(isOurs)),
    "x-ms-attestation-type": "azurevm",
    "x-ms-azurevm-attested-pcr-values": toPcrValues(pcrs),
    // Names that are numbers come in their order.
    "x-ms-azurevm-attested-pcrs": Object.keys(pcrs).map(Number),
    ...(vmId === undefined ? {} : { "x-ms-azurevm-vmid": vmId }),
    "x-ms-isolation-tee": {
      ...Object.fromEntries(entries.filter((entry) => !isOurs(entry))),
      "x-ms-runtime": json,
    },
    "x-strongroom-pcrs": facts.pcrs,
  };
}

/** As Azure spells them: `pcr7`, base64. */
function toPcrValues(pcrs: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(
    Object.entries(pcrs).map(([index, value]) => [
      `pcr${index}`,
      Buffer.from(fromHex(value)).toString("base64"),
    ]),
  );
}
