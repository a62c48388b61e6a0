// SPDX-License-Identifier: Apache-2.0
/** Blocks of PEM text with their labels. RFC 7468. */

import { malformed } from "../byte-reader.ts";
import { pemBlocks } from "./limits.ts";

/** One block. */
export interface PemBlock {
  readonly label: string;
  readonly der: Uint8Array;
}

/**
 * Blocks in order; text around them is passed over.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if one has no end, or there are more than any bundle has.
 */
export function parsePemBlocks(text: string): readonly PemBlock[] {
  const [, ...blocks] = text.split("-----BEGIN ", pemBlocks + 2);
  if (blocks.length > pemBlocks) {
    throw malformed("too many PEM blocks");
  }
  return blocks.map(toBlock);
}

function toBlock(block: string): PemBlock {
  const [label = "", body = "", end] = block.split("-----", 3);
  if (end !== `END ${label}`) {
    throw malformed("PEM block has no end");
  }
  return { label, der: new Uint8Array(Buffer.from(body, "base64")) };
}
