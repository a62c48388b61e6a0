// SPDX-License-Identifier: Apache-2.0
/** Open Enclave's endorsement blob: a table of lengths, then the endorsements. Open Enclave SDK, `endorsements.h`. */

import { ByteReader } from "../byte-reader.ts";
import { littleEndian, u32le } from "../little-endian.ts";

/** Endorsements in a blob: CRL issuer chain, root CRL, PCK CRL, TCB info with its chain, identity with its chain. */
const items = 7;

const headerBytes = 8 + items * 16;

/** The parts of a blob, or undefined if the bytes are none. */
export function splitOpenEnclaveBlob(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  if (bytes.length < headerBytes || bytes[0] === 0x7b || bytes[3] !== 0) {
    return undefined;
  }
  const reader = new ByteReader(bytes);
  reader.bytes(8);
  const sizes = Array.from({ length: items }, () => {
    reader.bytes(8);
    const size = u32le(reader);
    return littleEndian(reader.bytes(4)) === 0n ? size : Number.NaN;
  });
  // The lengths account for every byte, or this is something else.
  const sum = sizes.reduce((total, size) => total + size, headerBytes);
  return sum === bytes.length ? sizes.map((size) => reader.bytes(size)) : undefined;
}
