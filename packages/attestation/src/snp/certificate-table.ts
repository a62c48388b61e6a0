// SPDX-License-Identifier: Apache-2.0
/** The table of certificates that a host hands to its guest: hints, never trust. GHCB specification, 56421, section 4.1.8.1. */

import { toHex } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";

/** What an entry holds; `unknown` is for identifiers that are not AMD's. */
export type TableEntryKind = "vcek" | "vlek" | "ask" | "ark" | "crl" | "unknown";

/** One entry; the content is DER or PEM, or whatever the host wrote. */
export interface TableEntry {
  readonly kind: TableEntryKind;
  readonly content: Uint8Array;
}

/** Bytes of an entry: identifier (RFC 4122, big-endian), offset, length. */
const entryBytes = 24;

const limits = { entries: 16, table: 131_072 } as const;

const kinds = new Map<string, TableEntryKind>([
  ["63da758de6644564adc5f4b93be8accd", "vcek"],
  ["a8074bc2a25a483eaae639c045a0b8a1", "vlek"],
  ["4ab7b379bbac4fe4a02f05aef327c782", "ask"],
  ["c0b406a4a803495297433fb6014cd0ae", "ark"],
  ["92f81bc358114d3d97ffd19f88dc67ea", "crl"],
]);

/**
 * Parses a table: entries, an entry of zeros, then what they point to.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if it does not end, has too many entries, or one points outside of
 * what follows the entries.
 */
export function parseCertificateTable(bytes: Uint8Array): readonly TableEntry[] {
  if (bytes.length > limits.table) {
    throw malformed("certificate table is too long");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headers = readHeaders(bytes, view);
  const firstContent = (headers.length + 1) * entryBytes;
  return headers.map(({ guid, offset, length }) => {
    if (offset < firstContent || offset + length > bytes.length) {
      throw malformed("an entry of the certificate table points elsewhere");
    }
    return { kind: kinds.get(guid) ?? "unknown", content: bytes.slice(offset, offset + length) };
  });
}

interface Header {
  readonly guid: string;
  readonly offset: number;
  readonly length: number;
}

function readHeaders(bytes: Uint8Array, view: DataView): readonly Header[] {
  const headers: Header[] = [];
  for (let start = 0; start + entryBytes <= bytes.length; start += entryBytes) {
    const guid = toHex(bytes.subarray(start, start + 16));
    const offset = view.getUint32(start + 16, true);
    const length = view.getUint32(start + 20, true);
    if (/^0+$/u.test(guid)) {
      return headers;
    }
    if (headers.length === limits.entries) {
      throw malformed("certificate table with too many entries");
    }
    headers.push({ guid, offset, length });
  }
  throw malformed("certificate table without an end");
}
