// SPDX-License-Identifier: Apache-2.0
/** What the tables of published evidence are made of. */

/** One row: the kind, the evidence, more arguments, and what is answered: findings beside those of the missing binding, or a refusal. */
export type Row = readonly [string, string, readonly string[], readonly string[] | string];

/** Arguments that hand in endorsements. */
export const endorsed = (...files: readonly string[]): readonly string[] =>
  files.flatMap((file) => ["--endorsements", file]);
/** Arguments that say when it is. */
export const at = (instant: string): readonly string[] => ["--at", instant];

/** AMD's root and intermediate for Milan. */
export const milan = "roots/amd/google__go-sev-guest/ask_ark_milan.pem";
/** Findings of a report of an older version, without a list of revocations. */
export const old = ["revocation-unchecked", "memory-aliases-unchecked"];
/** Quotes that Phala published. */
export const phala = "tdx/Phala-Network__dcap-qvl";
/** Evidence of Azure that Confidential Containers published. */
export const trustee = "azure-vtpm/confidential-containers__trustee";
/** The same that Kinvolk published. */
export const kinvolk = "azure-vtpm/kinvolk__azure-cvm-tooling";
/** Arguments with the nonce of that evidence. */
export const challenge = ["--nonce", "6368616c6c656e6765"];
/** Google's shielded machine. */
export const shielded = "tpm/google__go-tpm-tools/gce-cos-85";
const ekRoots = "roots/tpm-ek/google__go-tpm-tools";
/** Who certified its TPM. */
export const issuers = [`${ekRoots}/tpm_ek_intermediate_2.crt`, `${ekRoots}/tpm_ek_root_1.cer`];
