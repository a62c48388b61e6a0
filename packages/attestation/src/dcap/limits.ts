// SPDX-License-Identifier: Apache-2.0
/** Bounds of quotes and their endorsements: what an unauthenticated caller may make us look at. */

/** Bytes of a quote with whatever its driver left behind it; real ones are below 10 KiB. */
export const quoteBytes = 65_536;

/** Bytes of the QE's authentication data; real ones are 32. */
export const authenticationBytes = 4096;

/** Bytes of one certification data; a chain of three certificates is below 4 KiB. */
export const certificationBytes = 32_768;

/** Certificates in one quote: PCK, its CA, the root, and nothing else. */
export const quoteCertificates = 4;

/** Bytes of one endorsement as it is supplied; a CRL of all platforms is below 100 KiB. */
export const endorsementBytes = 1_048_576;

/** Certificates, CRLs, TCB infos and identities, each, in one set of endorsements. */
export const endorsements = 64;

/** Nested containers in endorsements: a JSON in a JSON in a bundle. */
export const endorsementDepth = 4;

/** What Intel signs, and bundles of it: whole numbers alone, as PCS has them; TCB info has six nested values. */
export const signedJson = { numbers: "whole", depth: 16, refusedNames: [] } as const;

/** TCB levels of one TCB info or identity; real ones have below 30. */
export const tcbLevels = 256;
