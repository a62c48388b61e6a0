// SPDX-License-Identifier: Apache-2.0
/** Types of events that are read here. TCG PC Client Platform Firmware Profile, section 10.4.1. */

/** Numbers by the profile's names. */
export const eventType = {
  noAction: 0x00000003,
  separator: 0x00000004,
  eventTag: 0x00000006,
  ipl: 0x0000000d,
  efiVariableDriverConfig: 0x80000001,
  efiBootServicesApplication: 0x80000003,
  efiAction: 0x80000007,
  efiVariableAuthority: 0x800000e0,
} as const;
