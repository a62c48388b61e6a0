// SPDX-License-Identifier: Apache-2.0
/** Algorithm identifiers of a TPM. TCG Algorithm Registry, TPM_ALG_ID; TPM 2.0 Part 2, section 6.3. */

import { malformed } from "../byte-reader.ts";

/** Hashes that TPM structures name; SHA-1 is known so that it can be refused by name. */
export type TpmHash = "sha1" | "sha256" | "sha384" | "sha512";

/** Hashes that are accepted for PCR banks, names and signatures. */
export type StrongHash = Exclude<TpmHash, "sha1">;

/** Algorithm identifiers in use here. */
export const tpmAlgorithm = {
  rsa: 0x0001,
  sha1: 0x0004,
  aes: 0x0006,
  sha256: 0x000b,
  sha384: 0x000c,
  sha512: 0x000d,
  null: 0x0010,
  rsassa: 0x0014,
  rsapss: 0x0016,
  ecdsa: 0x0018,
  ecc: 0x0023,
  cfb: 0x0043,
} as const;

/** Bytes of a digest. */
export const digestBytes: Readonly<Record<TpmHash, number>> = {
  sha1: 20,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

const hashes: ReadonlyMap<number, TpmHash> = new Map<number, TpmHash>([
  [tpmAlgorithm.sha1, "sha1"],
  [tpmAlgorithm.sha256, "sha256"],
  [tpmAlgorithm.sha384, "sha384"],
  [tpmAlgorithm.sha512, "sha512"],
]);

/** SM3-256, SHA3-256, SHA3-384, SHA3-512: banks that a TPM may have beside the others, and of which nothing is read here. */
const unreadBanks: readonly number[] = [0x0012, 0x0027, 0x0028, 0x0029];

/** The bank with this identifier; undefined where it is one that is known and not read. @throws as `toTpmHash` */
export function toReadBank(identifier: number): TpmHash | undefined {
  return unreadBanks.includes(identifier) ? undefined : toTpmHash(identifier);
}

/** The hash with this identifier. @throws {StrongroomError} `EvidenceMalformed` if it is none that is known. */
export function toTpmHash(identifier: number): TpmHash {
  const hash = hashes.get(identifier);
  if (hash === undefined) {
    throw malformed(`hash algorithm 0x${identifier.toString(16)} is not known`);
  }
  return hash;
}

/** Whether a hash is collision resistant by today's measure. */
export function isStrongHash(hash: TpmHash): hash is StrongHash {
  return hash !== "sha1";
}
