// SPDX-License-Identifier: Apache-2.0
/** A quote as `az-cvm-vtpm` serializes it: signature and message with their lengths, SHA-256 values by index. */

import { toHex } from "@strongroom/core";
import { ByteReader, malformed } from "../byte-reader.ts";
import { ifWellFormed } from "../if-well-formed.ts";
import type { TpmItem } from "./tpm-file-items.ts";

/** Registers of one bank. */
const mostPcrs = 32;

/** Bytes of a SHA-256 value. */
const valueBytes = 32;

/** The quote; undefined where the bytes are not of this form. */
export function readSerializedQuote(bytes: Uint8Array): readonly TpmItem[] | undefined {
  return ifWellFormed(() => [readQuote(new ByteReader(bytes))]);
}

function readQuote(reader: ByteReader): TpmItem {
  const signature = reader.bytes(readLength(reader));
  const message = reader.bytes(readLength(reader));
  const count = readLength(reader);
  if (count > mostPcrs) {
    throw malformed(`${count} pcr values`);
  }
  const values = Array.from(
    { length: count },
    (_, index) => [String(index), toHex(reader.bytes(valueBytes))] as const,
  );
  reader.end();
  return { kind: "signed-quote", message, signature, pcrs: { sha256: Object.fromEntries(values) } };
}

function readLength(reader: ByteReader): number {
  return Number(Buffer.from(reader.bytes(8)).readBigUInt64LE());
}
