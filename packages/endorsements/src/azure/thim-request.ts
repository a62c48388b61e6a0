// SPDX-License-Identifier: Apache-2.0
/** The request to Azure's metadata service for the certificates of the chip below. Azure, "Trusted Hardware Identity Management". */

import { isIPv4, isIPv6 } from "node:net";
import { StrongroomError } from "@strongroom/core";
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
  assertOwnLink(url);
  return {
    url: `${url}/metadata/THIM/amd/certification`,
    headers: { Metadata: "true" },
    pace: usualPace,
  };
}

/** Without TLS no other machine's answer is taken, whatever a name resolves to. */
function assertOwnLink(url: string): void {
  const { protocol, hostname } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const isOwn =
    (isIPv4(host) && (host.startsWith("169.254.") || host.startsWith("127."))) ||
    (isIPv6(host) && host === "::1");
  if (protocol !== "http:" || !isOwn) {
    throw new StrongroomError("BadParameter", "the metadata service has a link-local address");
  }
}
