// SPDX-License-Identifier: Apache-2.0
/** Which of a TPM's registers the claims of an event log are made of. TCG PC Client Platform Firmware Profile, section 3.3.4. */

/**
 * PCRs that a quote has to cover so that a log beside it gives every claim that it can: images (4) and the end of firmware
 * (5), Secure Boot (7), what GRUB was told and read (8, 9), what systemd's stub was told and Windows says of itself (12, 13).
 * The system extends others while it runs, so that no log of its start gives their values.
 */
export const eventLogPcrs: readonly number[] = [4, 5, 7, 8, 9, 12, 13];
