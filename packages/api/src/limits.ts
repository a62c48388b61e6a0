// SPDX-License-Identifier: Apache-2.0
/** Bounds of everything that crosses the API, with unit and reason. */

/** Characters of a ServiceAccount or OIDC token; a projected token has about 1,200. */
export const maxTokenLength = 8_192;

/** Characters of an attestation token: ours have about 5,000, of 24 PCRs and three keys; others repeat event logs and what was held for them. */
export const maxTargetLength = 65_536;

/** Characters of a proof of possession: hashes and ids only. */
export const maxProofLength = 2_048;

/** Bytes of a secret's value, Key Vault's own limit (25 KB). */
export const maxSecretBytes = 25_600;

/** Characters of one JWE: the largest value in base64url, wrapped key and header. */
export const maxJweLength = 49_152;

/** Bytes of a released key's transfer blob: RSA-AES key wrap of an RSA-4096 key, under one of 8192 bits, in JSON. */
export const maxTransferBytes = 8_192;

/** Bytes of a wrapped data key: what RSA-4096 encrypts to. */
export const maxWrappedKeyBytes = 512;

/** Objects asked for in one release: more do not fit a pod's volume sensibly. */
export const maxReleaseItems = 128;

/** Characters of the signed release statement: about 400 for each item and two certificates. */
export const maxReleaseLength = 131_072;

/** Characters of a receipt: two certificates, a proof, and digests of policies. */
export const maxReceiptLength = 131_072;

/** Receipts that one answer lists, as many as Key Vault lists of anything. */
export const maxReceiptsPerPage = 25;

/** Bytes of one TPM structure; TPM 2.0 part 2 bounds each TPM2B far below. */
export const maxTpmStructureBytes = 4_096;

/** Bytes of runtime data: a nonce and three public keys. */
export const maxRuntimeDataBytes = 8_192;

/** Bytes of init-time data: the policy of a group of containers, which lists every layer and command of theirs. */
export const maxInitTimeDataBytes = 131_072;

/** Bytes of an evidence envelope without an event log; quotes have about 5,000. */
export const maxEvidenceBytes = 65_536;

/** Bytes of an event log beside a quote; machines' have 15,000 to 75,000, and room for 65,536 or four times that. */
export const maxEventLogBytes = 262_144;

/** Bytes that evidence has more with an event log in base64url. */
export const maxEventLogLength = Math.ceil((maxEventLogBytes * 4) / 3);

/** Bytes of one file of endorsements; Intel's largest revocation list has about 70,000. */
export const maxEndorsementBytes = 262_144;

/** Files of endorsements beside one piece of evidence; a body of 1 MiB bounds their sum. */
export const maxEndorsements = 32;

/** Bytes of one DER certificate. */
export const maxCertificateBytes = 8_192;

/** Certificates of one chain. */
export const maxChainLength = 8;

/** Bytes of a policy as JSON; real ones with 30 authorities have about 20,000. */
export const maxPolicyBytes = 65_536;

/** Bytes of a charter: policies and reference values of one vault, in one resource beside its other members. */
export const maxCharterBytes = 65_536;

/** Signers of a charter: custodians who meet, not a public. */
export const maxCharterSigners = 16;

/** Authorities of a charter: TEEs of a vault's machines. */
export const maxCharterAuthorities = 16;

/** Policies of a charter; each decision about an object looks at all of them. */
export const maxCharterPolicies = 64;

/** Warnings about one policy: more are no help to who reads them. */
export const maxPolicyWarnings = 32;

/** Objects that a policy's status names of those that it governs. */
export const maxNamedObjects = 10;

/** Role assignments of one vault. */
export const maxRoleAssignments = 50;

/** Principals of one role assignment. */
export const maxPrincipals = 50;

/** ServiceAccounts that one vault names: each assignment's principals. */
export const maxAccounts = maxRoleAssignments * maxPrincipals;

/** Networks of one role assignment. */
export const maxSourceRanges = 16;

/** Roles that one assignment makes delegable: as many as there are, with room. */
export const maxDelegableRoles = 32;

/** Tags of one object, Key Vault's own limit. */
export const maxTags = 15;

/** Characters of a tag's name or value, Key Vault's own limit. */
export const maxTagLength = 256;

/** The same for secrets. */
export const maxSecretTagLength = 512;

/** Characters of a content type, Key Vault's own limit. */
export const maxContentTypeLength = 255;

/** Policies and operator-made secrets that one vault's status lists. */
export const maxListedObjects = 10_000;

/** Vaults that one installation lists. */
export const maxListedVaults = 10_000;

/** Enrolled nodes that one installation lists. */
export const maxListedNodes = 10_000;

/** Steps of an inclusion proof: a log of 2^63 leaves has 63. */
export const maxProofSteps = 64;
