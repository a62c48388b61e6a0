// SPDX-License-Identifier: Apache-2.0
/** Whether files that a user trusts are certificates or keys: one that is neither is an option of no use, and no evidence. */

import {
  collectTpmKeys,
  ifWellFormed,
  readIssuerKeys,
  readPlatformKeys,
} from "@strongroom/attestation";
import { CommandError } from "../terminal.ts";
import type { EvidenceKind } from "./evidence-kinds.ts";
import { readDcapRoots } from "./read-trust-roots.ts";

type Read = (file: Uint8Array) => readonly unknown[];

/** Every vendor's roots are certificates, and read alike. */
const certificates: Read = (file) => readDcapRoots([file]);

const tpm: Read = (file) => {
  const { certificates: ders, keys, publicAreas } = collectTpmKeys([file]);
  return [...ders, ...keys, ...publicAreas];
};

/** How a file may be read, by kind of evidence. */
const readers: Readonly<Record<EvidenceKind, readonly Read[]>> = {
  snp: [certificates],
  tdx: [certificates],
  sgx: [certificates],
  tpm: [tpm],
  "azure-vtpm": [certificates],
  nitro: [certificates],
  cca: [readPlatformKeys],
  nras: [certificates, readIssuerKeys],
  jwt: [readIssuerKeys],
};

/** @throws {CommandError} `BadParameter` if one of the files is none that evidence of this kind can be trusted by. */
export function checkTrustRoots(kind: EvidenceKind, files: readonly Uint8Array[]): void {
  const isRoot = (file: Uint8Array) =>
    readers[kind].some((read) => (ifWellFormed(() => read(file)) ?? []).length > 0);
  if (!files.every(isRoot)) {
    throw new CommandError(
      "BadParameter",
      "--trust-root names a file without a certificate or key",
    );
  }
}
