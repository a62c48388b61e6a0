// SPDX-License-Identifier: Apache-2.0
/** The table of certificates that a host hands to a SEV-SNP guest. GHCB specification, 56421, section 4.1.8.1. */

import { Buffer } from "node:buffer";

const guids = {
  vcek: "63da758de6644564adc5f4b93be8accd",
  vlek: "a8074bc2a25a483eaae639c045a0b8a1",
  ask: "4ab7b379bbac4fe4a02f05aef327c782",
  ark: "c0b406a4a803495297433fb6014cd0ae",
  crl: "92f81bc358114d3d97ffd19f88dc67ea",
  /** Nobody's. */
  other: "00000000000000000000000000000001",
} as const;

const entryBytes = 24;

/** Makes a table of what is named, in this order. */
export function makeCertificateTable(
  entries: readonly (readonly [keyof typeof guids, Uint8Array])[],
): Uint8Array {
  let offset = (entries.length + 1) * entryBytes;
  const headers = entries.map(([kind, content]) => {
    const header = Buffer.alloc(entryBytes);
    header.write(guids[kind], "hex");
    header.writeUInt32LE(offset, 16);
    header.writeUInt32LE(content.length, 20);
    offset += content.length;
    return header;
  });
  const contents = entries.map(([, content]) => content);
  return new Uint8Array(Buffer.concat([...headers, Buffer.alloc(entryBytes), ...contents]));
}
