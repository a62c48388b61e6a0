// SPDX-License-Identifier: Apache-2.0
/** Files about a TPM as other people's tools write them, made by hand. */

import { concatBytes, fromHex, u32be, utf8 } from "@strongroom/core";
import { tpm2b, u16be } from "../tpm/encode.ts";
import { pcrValue } from "./test-quote.ts";

const u32le = (value: number) => u32be(value).toReversed();
const u64le = (value: number) => concatBytes(u32le(value), new Uint8Array(4));

/** A quote and its signature, TPMS_ATTEST and TPMT_SIGNATURE. */
export interface SignedMessage {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** EnactTrust: an identifier of the node, the quote with its length; then what is given. */
export function enactTrustToken(message: Uint8Array, ...behind: readonly Uint8Array[]) {
  return concatBytes(new Uint8Array(16).fill(0xa5), tpm2b(message), ...behind);
}

/** az-cvm-vtpm: signature, quote, the number of values; then what is given. */
export function azureQuoteFile(
  { message, signature }: SignedMessage,
  count: number,
  ...behind: readonly Uint8Array[]
) {
  return concatBytes(
    ...[u64le(signature.length), signature, u64le(message.length), message, u64le(count)],
    ...behind,
  );
}

/** A field of Protocol Buffers: number and type, then bytes with their length, or a number. */
export function protobufField(number: number, value: Uint8Array | number): Uint8Array {
  const varint = (one: number): readonly number[] =>
    one < 0x80 ? [one] : [(one & 0x7f) | 0x80, ...varint(one >> 7)];
  return typeof value === "number"
    ? Uint8Array.from([...varint(number * 8), ...varint(value)])
    : concatBytes(Uint8Array.from([...varint(number * 8 + 2), ...varint(value.length)]), value);
}

/** go-tpm-tools: values of registers 0 and 1 of SHA-256, in a bank of this hash. */
export function protobufPcrs(hash: number): Uint8Array {
  return concatBytes(
    protobufField(1, hash),
    protobufField(2, protobufField(2, pcrValue(0))),
    protobufField(2, concatBytes(protobufField(1, 1), protobufField(2, pcrValue(1)))),
  );
}

/** go-tpm-tools: quote, signature, values. */
export function protobufQuote({ message, signature }: SignedMessage): Uint8Array {
  return concatBytes(
    ...[protobufField(1, message), protobufField(2, signature), protobufField(3, protobufPcrs(11))],
  );
}

/** Parsec: a map in CBOR with a key attestation that is nothing, and this platform attestation. */
export function parsecEvidence(platform: Uint8Array): Uint8Array {
  return concatBytes(fromHex("a263"), utf8("kat"), fromHex("f663"), utf8("pat"), platform);
}

/** Parsec: a platform attestation, or what is given in the place of its message. */
export function parsecPlatform({ message, signature }: SignedMessage, place?: Uint8Array) {
  const bytes = (value: Uint8Array) => concatBytes(fromHex("59"), u16be(value.length), value);
  return concatBytes(
    ...[fromHex("a26a"), utf8("attestInfo"), place ?? bytes(message)],
    ...[fromHex("63"), utf8("sig"), bytes(signature)],
  );
}

/**
 * tpm2_quote on a little-endian machine: TPML_PCR_SELECTION of registers 0 and 9 of SHA-256, or of those of these bits, and
 * 23 of SHA-1 or of another bank; then these digests in lists of eight.
 */
export function selectedPcrs(
  digests: readonly Uint8Array[],
  bits: readonly number[] = [0b1, 0b10, 0],
  last = 0x04,
): Uint8Array {
  const selections = new Uint8Array(16 * 8);
  selections.set([0x0b, 0, 3, ...bits], 0);
  selections.set([last, 0, 3, 0, 0, 0x80], 8);
  const lists = Array.from({ length: Math.ceil(digests.length / 8) }, (_, number) => {
    const own = digests.slice(number * 8, number * 8 + 8);
    const list = new Uint8Array(4 + 8 * 66);
    list.set(u32le(own.length));
    for (const [index, digest] of own.entries()) {
      list.set([digest.length, 0, ...digest], 4 + index * 66);
    }
    return list;
  });
  return concatBytes(u32le(2), selections, u32le(lists.length), ...lists);
}
