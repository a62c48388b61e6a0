// SPDX-License-Identifier: Apache-2.0
/** The request to Azure's metadata service for the certificates of the chip below. Azure, "Trusted Hardware Identity Management". */

import type { EndorsementName } from "../endorsement.ts";
import type { EndorsementRequest } from "../endorsement-request.ts";
import { usualPace } from "../limits.ts";

/**
 * The request for a chip's certificate; undefined where the name is another's. The service knows one chip, and whether
 * the answer is about that of the name is for who verifies it to say.
 */
export function thimRequest(
  name: EndorsementName,
  { url }: { readonly url: string },
): EndorsementRequest | undefined {
  if (!name.startsWith("amd/vcek/")) {
    return undefined;
  }
  return {
    url: `${url}/metadata/THIM/amd/certification`,
    headers: { Metadata: "true" },
    pace: usualPace,
  };
}
