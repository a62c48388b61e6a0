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
/** Characters of a bundle to import: 200 KB of base64, far above any chain with its key. */
export const maxBundleLength = 262_144;
/** Characters of a bundle's password. */
export const maxPasswordLength = 1_024;
/** Certificates that are merged at once. */
export const maxMergedCertificates = 32;
/** Characters of one certificate in base64. */
export const maxCertificateLength = 87_384;
/** Contacts of a vault. */
export const maxContacts = 100;
/** Administrators of an issuer. */
export const maxAdministrators = 50;
/** Characters of a text in an issuer or a contact. */
export const maxTextLength = 256;
/** Milliseconds between two looks at all certificates: their lives are months. */
export const renewalIntervalMs = 600_000;
/** The same where something was away: it may be back. */
export const retryIntervalMs = 60_000;
/** Milliseconds of sleep at a time, after which the clock is looked at. */
export const renewalStepMs = 5_000;
/** Seconds after which an operation that nobody works on is taken up: a key takes some seconds to make. */
export const resumeAfterSeconds = 60;
