// SPDX-License-Identifier: Apache-2.0
/** Which configured sources are asked for an endorsement, in which order. */

import { kdsRequest } from "./amd/kds-request.ts";
import { thimRequest } from "./azure/thim-request.ts";
import type { EndorsementName } from "./endorsement.ts";
import type { EndorsementRequest } from "./endorsement-request.ts";
import type { EndorsementSources } from "./endorsement-sources.ts";
import { pcsRequest } from "./intel/pcs-request.ts";

/** Requests for an endorsement of this name; none where no source that has it is configured. */
export function requestsFor(
  name: EndorsementName,
  { amd, intel, azureThim }: EndorsementSources,
): readonly EndorsementRequest[] {
  const requests = [
    // Nearer than AMD, and without its limit.
    azureThim && thimRequest(name, azureThim),
    amd && kdsRequest(name, amd),
    intel && pcsRequest(name, intel),
  ];
  return requests.filter((one) => one !== undefined);
}
