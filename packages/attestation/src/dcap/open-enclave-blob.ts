// SPDX-License-Identifier: Apache-2.0
/** Open Enclave's endorsements in one file: `oe_endorsements_t` (Open Enclave SDK, `attestation.h`), and its table of pointers and sizes (`endorsements.h`). */

import { ByteReader } from "../byte-reader.ts";
import { ifWellFormed } from "../if-well-formed.ts";
import { littleEndian, u32le } from "../little-endian.ts";
import { firstDerValue } from "../x509/der.ts";

/** What DER of certificates and lists begins with. */
const sequence = 0x30;

/** The parts of a blob of either form, or undefined if the bytes are none. */
export function splitOpenEnclaveBlob(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  return splitByOffsets(bytes) ?? splitBySizes(bytes);
}

/** Version, kind of enclave, bytes that follow, parts; then where each part begins. */
const offsets = { version: 1, sgx: 2, headerBytes: 16, parts: 9 } as const;

/** Parts: version, TCB info, its chain, PCK CRL, root CRL, their chain, identity, its chain, date. */
function splitByOffsets(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  if (bytes.length < offsets.headerBytes + offsets.parts * 4) {
    return undefined;
  }
  const reader = new ByteReader(bytes);
  const header = [u32le(reader), u32le(reader), u32le(reader), u32le(reader)];
  const following = bytes.length - offsets.headerBytes;
  const expected = [offsets.version, offsets.sgx, following, offsets.parts];
  if (header.some((value, index) => value !== expected[index])) {
    return undefined;
  }
  const starts = Array.from({ length: offsets.parts }, () => u32le(reader));
  const data = reader.bytes(reader.remaining);
  const ends = [...starts.slice(1), data.length];
  const isOrdered = starts[0] === 0 && starts.every((start, index) => start <= (ends[index] ?? 0));
  return isOrdered
    ? starts.map((start, index) => withoutZero(data.slice(start, ends[index])))
    : undefined;
}

/** Every part ends with a zero, as text in C does: behind DER it is no part of the value. */
function withoutZero(part: Uint8Array): Uint8Array {
  const der = part[0] === sequence ? ifWellFormed(() => firstDerValue(part)) : undefined;
  return der?.length === part.length - 1 && part.at(-1) === 0 ? der : part;
}

/** Endorsements in a table: CRL issuer chain, root CRL, PCK CRL, TCB info with its chain, identity with its chain. */
const items = 7;

const tableBytes = 8 + items * 16;

function splitBySizes(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  if (bytes.length < tableBytes || bytes[0] === 0x7b || bytes[3] !== 0) {
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
  const sum = sizes.reduce((total, size) => total + size, tableBytes);
  return sum === bytes.length ? sizes.map((size) => withoutZero(reader.bytes(size))) : undefined;
}
