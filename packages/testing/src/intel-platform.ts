// SPDX-License-Identifier: Apache-2.0
/** The platform of an Intel of our own, as its PCK certificate describes it. Intel SGX PCK certificate profile 1.5, section 1.3.5. */

import { der, integer, objectId, sequence } from "./der.ts";

/** Names the extension that describes a platform, and begins the names of its parts. */
export const sgxExtension = "1.2.840.113741.1.13.1";

/** What the platform is, where nothing else is asked for. */
export const intelPlatform = {
  fmspc: "00906ed50000",
  pceId: "0000",
  components: Array.from({ length: 16 }, (_, index) => (index < 8 ? 5 : 0)),
  pceSvn: 13,
} as const;

/** The description of a platform, DER. Intel SGX PCK certificate profile 1.5, section 1.3.5. */
export function encodePlatform(
  components: readonly number[] = intelPlatform.components,
  pceSvn: number = intelPlatform.pceSvn,
): Uint8Array {
  const entry = (id: string, value: Uint8Array) =>
    sequence(objectId(`${sgxExtension}${id}`), value);
  const octets = (hex: string) => der(0x04, Buffer.from(hex, "hex"));
  const tcb = [
    ...components.map((svn, index) => entry(`.2.${index + 1}`, integer(svn))),
    entry(".2.17", integer(pceSvn)),
    entry(".2.18", octets("05".repeat(16))),
  ];
  return sequence(
    entry(".1", octets("ab".repeat(16))),
    entry(".2", sequence(...tcb)),
    entry(".3", octets(intelPlatform.pceId)),
    entry(".4", octets(intelPlatform.fmspc)),
    entry(".5", der(0x0a, Uint8Array.of(1))),
  );
}
