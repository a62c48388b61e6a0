// SPDX-License-Identifier: Apache-2.0
/** POLICY and PLATFORM_INFO bit by bit. SEV-SNP Firmware ABI, 56860, sections 4.3 and 7.3. */

const policyBit = {
  smtAllowed: 16n,
  mustBeOne: 17n,
  migrationAgentAllowed: 18n,
  debugAllowed: 19n,
  singleSocket: 20n,
  cxlAllowed: 21n,
  aes256XtsRequired: 22n,
  raplDisabled: 23n,
  ciphertextHiding: 24n,
  pageSwapDisabled: 25n,
} as const;

/** The guest's policy, which its owner chose and the firmware enforces. */
export type GuestPolicy = Readonly<
  Record<Exclude<keyof typeof policyBit, "mustBeOne">, boolean>
> & {
  /** Lowest ABI that the guest may run on. */
  readonly abiMajor: number;
  readonly abiMinor: number;
  /** Bits that no version of the ABI known here gives a meaning. */
  readonly unknownBits: bigint;
  /** Bit 17 must be one; if it is not, this is no policy. */
  readonly isValid: boolean;
};

const firstUnknown = 26n;

/** Reads the policy. */
export function readGuestPolicy(policy: bigint): GuestPolicy {
  const has = (bit: bigint) => ((policy >> bit) & 1n) === 1n;
  return {
    abiMinor: Number(policy & 0xffn),
    abiMajor: Number((policy >> 8n) & 0xffn),
    smtAllowed: has(policyBit.smtAllowed),
    migrationAgentAllowed: has(policyBit.migrationAgentAllowed),
    debugAllowed: has(policyBit.debugAllowed),
    singleSocket: has(policyBit.singleSocket),
    cxlAllowed: has(policyBit.cxlAllowed),
    aes256XtsRequired: has(policyBit.aes256XtsRequired),
    raplDisabled: has(policyBit.raplDisabled),
    ciphertextHiding: has(policyBit.ciphertextHiding),
    pageSwapDisabled: has(policyBit.pageSwapDisabled),
    unknownBits: (policy >> firstUnknown) << firstUnknown,
    isValid: has(policyBit.mustBeOne),
  };
}

/** Whether memory was searched for aliases since the last reset (BadRAM, AMD-SB-3015). PLATFORM_INFO bit 5. */
export function isAliasCheckComplete(platformInfo: bigint): boolean {
  return ((platformInfo >> 5n) & 1n) === 1n;
}
