// SPDX-License-Identifier: Apache-2.0
/** Blocks of PEM text with their labels. RFC 7468. */

import { malformed } from "../byte-reader.ts";

/** One block. */
export interface PemBlock {
  readonly label: string;
  readonly der: Uint8Array;
}

/** Blocks in order; text around them is passed over. @throws {StrongroomError} `EvidenceMalformed` if one has no end. */
export function parsePemBlocks(text: string): readonly PemBlock[] {
  return text
    .split("-----BEGIN ")
    .slice(1)
    .map((block) => {
      const [label = "", ...rest] = block.split("-----");
      const [body = "", end] = rest;
      if (end !== `END ${label}`) {
        throw malformed("PEM block has no end");
      }
      return { label, der: new Uint8Array(Buffer.from(body, "base64")) };
    });
}
