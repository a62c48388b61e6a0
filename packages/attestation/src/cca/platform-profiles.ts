// SPDX-License-Identifier: Apache-2.0
/** Profiles of CCA platform tokens, and what differs between them. draft-ffm-rats-cca-token-04, sections 4.3.3 and 4.6.3. */

/** What a profile asks of a token. */
export interface PlatformProfile {
  /**
   * Which claim has the digest of the realm's key: the challenge, or one of its own since 2026. With that one there is a
   * challenge too where the realm's key stays within the hardware (HESRAK).
   */
  readonly binding: "challenge" | "workload" | "workload-and-challenge";
  /** Whether the token says which security domain it was made for. */
  readonly namesClient: boolean;
}

const first: PlatformProfile = { binding: "challenge", namesClient: false };
const second: PlatformProfile = { binding: "challenge", namesClient: true };
const delegated: PlatformProfile = { binding: "workload", namesClient: true };
const withinHardware: PlatformProfile = { binding: "workload-and-challenge", namesClient: true };

/**
 * By their names. What is not here is refused, and with it the direct model: its realms' claims nobody signed.
 *
 * The draft separates a variant by a semicolon, RMM 2.0 (beta 3) by a second number sign.
 */
export const platformProfiles: ReadonlyMap<string, PlatformProfile> = new Map([
  ["http://arm.com/CCA-SSD/1.0.0", first],
  ["tag:arm.com,2023:cca_platform#1.0.0", first],
  ["tag:arm.com,2024:cca_platform#1.1.0", first],
  ["tag:arm.com,2024:cca_platform#2.0.0", second],
  ...["2.0.0", "2.1.0"].flatMap((version) => {
    const name = `tag:arm.com,2026:cca_platform#${version}`;
    return [
      [name, delegated],
      [`${name};delegated`, delegated],
      [`${name}#delegated`, delegated],
      [`${name};HESRAK`, withinHardware],
    ] as const;
  }),
]);
