// SPDX-License-Identifier: Apache-2.0
/** Bounds of certificates and chains: what an unauthenticated caller may make us look at. */

/** Bytes of one certificate; real ones are below 2 KiB. */
export const certificateBytes = 8192;

/** Values that a certificate, or an extension of one, consists of; real ones of some 150. A library makes objects of each. */
export const certificateValues = 512;

/** Certificates that a device may send: its own and a few issuers. */
export const suppliedCertificates = 6;

/** Certificates of one path, leaf and root included. */
export const pathLength = 6;

/** Nested values in a certificate. */
export const derDepth = 24;

/** Extensions of one certificate. */
export const extensions = 32;

/** Bytes of one CRL; Intel's of all platforms is below 100 KiB. With more, reading one would take long. */
export const crlBytes = 262_144;

/** Bytes of one OCSP response; with a responder's certificate it has some 2 KiB. */
export const ocspBytes = 16_384;

/** Bytes of any value: the longest is a CRL. */
export const derBytes = 262_144;

/** Values that stand in one: entries of a CRL have 20 bytes at least. */
export const derValuesOfOne = 16_384;

/** Blocks of one text in PEM: a bundle of all TPM makers' roots has some hundreds. */
export const pemBlocks = 4096;
