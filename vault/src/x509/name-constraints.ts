// SPDX-License-Identifier: Apache-2.0
/** Name constraints: below which domains a CA's certificates are valid. RFC 5280 section 4.2.1.10. */

import { concatBytes, utf8 } from "@strongroom/core";
import { type Der, element, implicit, sequence } from "./der.ts";
import { critical } from "./extensions.ts";

/** Octets of the networks that hold every IPv4 and every IPv6 address: address and mask. */
const everyAddress = [new Uint8Array(8), new Uint8Array(32)] as const;

/**
 * DNS names, mailboxes and URIs at the domains and below them, and no IP address at all.
 *
 * A DNS constraint covers its subdomains; those of mailboxes and URIs need a form with a leading dot for them.
 */
export function nameConstraints(domains: readonly string[]): Der {
  const permitted = domains.flatMap((domain) => [
    subtree(implicit(2, utf8(domain))),
    ...[domain, `.${domain}`].flatMap((host) => [
      subtree(implicit(1, utf8(host))),
      subtree(implicit(6, utf8(host))),
    ]),
  ]);
  const excluded = everyAddress.map((octets) => subtree(implicit(7, octets)));
  return critical(
    "2.5.29.30",
    sequence(element(0xa0, concatBytes(...permitted)), element(0xa1, concatBytes(...excluded))),
  );
}

function subtree(base: Uint8Array): Der {
  return sequence(base);
}
