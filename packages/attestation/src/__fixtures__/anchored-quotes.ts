// SPDX-License-Identifier: Apache-2.0
/** A quote by a key that somebody vouches for, and values of registers in the forms that tools write. */

import { concatBytes, toHex, u32be, utf8 } from "@strongroom/core";
import type { AttestationAnchor } from "../ek/attestation-anchors.ts";
import { parseTpmPublic } from "../tpm/parse-tpm-public.ts";
import { tpmPublicKey } from "../tpm/tpm-key.ts";
import { rsaKey, type TestAttestationKey } from "./test-attestation-key.ts";
import { covered, encodeQuote, pcrBanks, pcrValue } from "./test-quote.ts";

/** The key. */
export const key = rsaKey("rsassa");
/** Somebody else's. */
export const stranger = rsaKey("rsassa");
/** A key that signs with SHA-1. */
export const sha1 = rsaKey("rsassa", { hash: "sha1" });
const root = { name: "test", class: "software", fingerprint: "00" } as const;
/** That a key is vouched for. */
export const anchorOf = ({ akPublic }: TestAttestationKey): AttestationAnchor => ({
  key: tpmPublicKey(parseTpmPublic(akPublic)),
  root,
});

/** JSON as bytes. */
export const json = (value: unknown) => utf8(JSON.stringify(value));
/** Hexadecimal as bytes. */
export const hex = (bytes: Uint8Array) => utf8(toHex(bytes));
const u32le = (value: number) => u32be(value).toReversed();

/** `tpm2_quote --pcr`, as a little-endian machine has it in memory. */
export function serializedPcrs(): Uint8Array {
  const bitmap = new Uint8Array(5);
  for (const index of covered) {
    bitmap[index >> 3] = (bitmap[index >> 3] ?? 0) | (1 << (index & 7));
  }
  const selection = new Uint8Array(16 * 8);
  selection.set([0x0b, 0, 3, ...bitmap]);
  const digests = new Uint8Array(8 * 66);
  for (const [position, index] of covered.entries()) {
    digests.set([32, 0, ...pcrValue(index)], position * 66);
  }
  return concatBytes(u32le(1), selection, u32le(1), u32le(covered.length), digests);
}

/** `tpm2_pcrread`. */
export const listing = utf8(
  `  sha256:\n${covered.map((index) => `    ${index} : 0x${toHex(pcrValue(index)).toUpperCase()}\n`).join("")}`,
);

/** The quote. */
export const quote = encodeQuote();
/** Its signature. */
export const signature = key.sign(quote);
/** The values. */
export const values = concatBytes(...covered.map((index) => pcrValue(index)));
/** Bytes behind their length. */
export const sized = (bytes: Uint8Array) =>
  concatBytes(Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes);

/** What malformed evidence is refused with, wherever it was found. */
export function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return { class: Object(error).code === "EvidenceMalformed" ? "malformed" : error };
  }
}

/** The quote of these fields with its signature, in JSON. */
export function signed(fields: Parameters<typeof encodeQuote>[0]): readonly Uint8Array[] {
  const message = encodeQuote(fields);
  return [json({ quote: toHex(message), signature: toHex(key.sign(message)) })];
}

/** A quote of SHA-1 registers, its signature, and their values. */
export function weak(): readonly [Uint8Array, Uint8Array, Uint8Array] {
  const message = encodeQuote({ bank: "sha1" });
  return [message, key.sign(message), json({ pcrs: pcrBanks(covered, "sha1") })];
}
