// SPDX-License-Identifier: Apache-2.0
/** Bounds of certificates' policies, issuers and contacts, with unit and reason. */

/** Names of one kind in a policy; Key Vault takes fewer, and no TLS software wants more. */
export const maxAlternativeNames = 100;
/** Characters of one alternative name: what a DNS name or a mailbox can have, with room for URIs. */
export const maxNameLength = 512;
/** Extended key usages of a policy. */
export const maxExtendedKeyUsages = 32;
/** Months that a certificate may be valid: ten years. */
export const maxValidityMonths = 120;
/** Days in a month, at most, of which a trigger may speak. Key Vault's own rule. */
export const triggerDaysPerMonth = 27;
/** Actions of one policy: one of each kind. */
export const maxLifetimeActions = 2;
