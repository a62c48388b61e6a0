// SPDX-License-Identifier: Apache-2.0
/** EFI_SIGNATURE_LIST: what the variables PK, KEK, db and dbx hold. Little-endian. UEFI, section 32.4.1. */

import { sha256, toHex } from "@strongroom/core";
import { ByteReader, malformed } from "../byte-reader.ts";
import { ifWellFormed } from "../if-well-formed.ts";
import { u32le } from "../little-endian.ts";

/** One entry of a list. */
export interface SignatureEntry {
  /** Kind of entry as it is in memory, hexadecimal. */
  readonly type: string;
  /** A certificate in DER, a digest, or whatever the kind says; without the owner's GUID. */
  readonly data: Uint8Array;
}

/** EFI_CERT_X509_GUID, a5c059a1-94e4-4aa7-87b5-ab155c2bf072. */
const certificateType = "a159c0a5e494a74a87b5ab155c2bf072";

const guidBytes = 16;
/** Type and three sizes. */
const headerBytes = 28;
/** Entries of a variable; Microsoft's longest list of what is forbidden has some 450. */
const mostEntries = 8192;

/** All entries of a variable; undefined where the bytes are no lists. */
export function readSignatureLists(bytes: Uint8Array): readonly SignatureEntry[] | undefined {
  return ifWellFormed(() => {
    const reader = new ByteReader(bytes);
    const entries: SignatureEntry[] = [];
    while (reader.remaining > 0) {
      readList(reader, entries);
    }
    return entries;
  });
}

/** SHA-256 of the certificates of lists that have nothing else and at least one; undefined for any other variable. */
export function certificatesOf(bytes: Uint8Array | undefined): readonly string[] | undefined {
  const entries = bytes === undefined ? undefined : readSignatureLists(bytes);
  const areCertificates =
    entries !== undefined &&
    entries.length > 0 &&
    entries.every(({ type }) => type === certificateType);
  return areCertificates ? entries.map(({ data }) => toHex(sha256(data))) : undefined;
}

function readList(reader: ByteReader, entries: SignatureEntry[]): void {
  const type = toHex(reader.bytes(guidBytes));
  const [listBytes, moreHeader, entryBytes] = [u32le(reader), u32le(reader), u32le(reader)];
  const bodyBytes = listBytes - headerBytes - moreHeader;
  if (bodyBytes < 0 || entryBytes <= guidBytes || bodyBytes % entryBytes !== 0) {
    throw malformed("a signature list contradicts itself");
  }
  reader.bytes(moreHeader);
  for (let left = bodyBytes; left > 0; left -= entryBytes) {
    if (entries.length === mostEntries) {
      throw malformed("a variable of too many signatures");
    }
    reader.bytes(guidBytes);
    entries.push({ type, data: reader.bytes(entryBytes - guidBytes) });
  }
}
