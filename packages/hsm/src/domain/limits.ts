// SPDX-License-Identifier: Apache-2.0
/** Bounds of a security domain, as Managed HSM has them where it has any. */

/** Custodians at least and at most. */
export const leastCustodians = 3;
export const mostCustodians = 10;

/** Custodians at least who recover it together. */
export const leastRequired = 2;

/** Longest custodian's certificate in bytes, DER. */
export const maxCertificateBytes = 8 * 1024;

/** Longest domain file in bytes: eight generations of ten custodians with small certificates. */
export const maxDomainBytes = 384 * 1024;

/** Longest restore file in bytes: a domain file and a share for each of its custodians. */
export const maxRestoreBytes = 512 * 1024;
