// SPDX-License-Identifier: Apache-2.0
/** What AES modes take besides key and bytes, checked before a key is touched, in software or in the HSM. */

import { StrongroomError } from "@strongroom/core";
import type { EncryptionAlgorithm } from "./algorithms.ts";

/** An AES algorithm. */
export type AesEncryption = Extract<EncryptionAlgorithm, { readonly family: "aes" }>;

/** What encrypting or decrypting takes and gives besides the bytes. */
export interface CipherParameters {
  /** 12 bytes for GCM, 16 for CBC. */
  readonly iv?: Uint8Array | undefined;
  /** GCM only. */
  readonly aad?: Uint8Array | undefined;
  /** GCM only, 16 bytes. */
  readonly tag?: Uint8Array | undefined;
}

/** A ciphertext with what opening it takes. */
export interface Encrypted extends CipherParameters {
  readonly bytes: Uint8Array;
}

/** Bytes of GCM's IV: SP 800-38D section 8.2.2, random construction. */
export const gcmIvBytes = 12;
/** Bytes of GCM's tag; shorter ones are not taken. */
export const gcmTagBytes = 16;
/** Bytes of AES's block, and of CBC's IV. */
export const blockBytes = 16;

type Name = keyof CipherParameters;

/** What one direction of a mode takes. */
interface Rule {
  /** Parameters that may be there, with their lengths where one is prescribed. */
  readonly takes: Readonly<Partial<Record<Name, number | "any">>>;
  /** Parameters that must be there. */
  readonly needs: readonly Name[];
  readonly fits: (bytes: number) => boolean;
}

const wholeBlocks = (size: number, least: number) => (bytes: number) =>
  bytes % size === 0 && bytes >= least;
const anyLength = (): boolean => true;

// GCM takes no IV from a caller: one that repeats gives the key away.
// RFC 3394 wraps whole blocks of 8 bytes, two at least; RFC 5649 any bytes, one at least.
const encrypting: Readonly<Record<AesEncryption["mode"], Rule>> = {
  gcm: { takes: { aad: "any" }, needs: [], fits: anyLength },
  cbc: { takes: { iv: blockBytes }, needs: [], fits: wholeBlocks(blockBytes, 0) },
  cbcpad: { takes: { iv: blockBytes }, needs: [], fits: anyLength },
  kw: { takes: {}, needs: [], fits: wholeBlocks(8, 16) },
  kwp: { takes: {}, needs: [], fits: (bytes) => bytes > 0 },
};

const decrypting: Readonly<Record<AesEncryption["mode"], Rule>> = {
  gcm: {
    takes: { iv: gcmIvBytes, tag: gcmTagBytes, aad: "any" },
    needs: ["iv", "tag"],
    fits: anyLength,
  },
  cbc: { takes: { iv: blockBytes }, needs: ["iv"], fits: wholeBlocks(blockBytes, 0) },
  cbcpad: { takes: { iv: blockBytes }, needs: ["iv"], fits: wholeBlocks(blockBytes, blockBytes) },
  kw: { takes: {}, needs: [], fits: wholeBlocks(8, 24) },
  kwp: { takes: {}, needs: [], fits: wholeBlocks(8, 16) },
};

/** Checks what comes with a plaintext. @throws {StrongroomError} `BadParameter` */
export function requireEncryptable({ mode }: AesEncryption, request: Encrypted): void {
  requireRule(encrypting[mode], request);
}

/** Checks what comes with a ciphertext. @throws {StrongroomError} `BadParameter` */
export function requireDecryptable({ mode }: AesEncryption, request: Encrypted): void {
  requireRule(decrypting[mode], request);
}

function requireRule(rule: Rule, request: Encrypted): void {
  for (const name of ["iv", "aad", "tag"] as const) {
    requireParameter(rule, name, request[name]?.length);
  }
  if (!rule.fits(request.bytes.length)) {
    throw new StrongroomError("BadParameter", "the value has no length that the algorithm takes");
  }
}

function requireParameter(rule: Rule, name: Name, length: number | undefined): void {
  const expected = rule.takes[name];
  if (length === undefined) {
    if (rule.needs.includes(name)) {
      throw new StrongroomError("BadParameter", `the algorithm needs ${name} here`);
    }
    return;
  }
  if (expected === undefined) {
    throw new StrongroomError("BadParameter", `the algorithm takes no ${name} here`);
  }
  if (expected !== "any" && length !== expected) {
    throw new StrongroomError("BadParameter", `the ${name} must have ${expected} bytes`);
  }
}
