// SPDX-License-Identifier: Apache-2.0
/** Reads a TPM's NV memory. TPM 2.0 Part 3, sections 31.6 and 31.13. */

import { malformed, u16be } from "@strongroom/attestation";
import { concatBytes, StrongroomError } from "@strongroom/core";
import { execute, passwordSession } from "./execute.ts";
import { tpmHandle } from "./tpm-handles.ts";
import type { TpmChannel } from "./tpm-transport.ts";

const code = { nvReadPublic: 0x169, nvRead: 0x14e } as const;

/** Bits of TPMA_NV, TPM 2.0 Part 2, section 13.4. */
const nvAttribute = { ownerRead: 1 << 17, authRead: 1 << 18 } as const;

/** Bytes per read: the least that a PC client TPM must be able to return at once. */
const chunkBytes = 512;

/** Bytes of one index at most; certificates are far below. */
const mostBytes = 16_384;

/**
 * The content of an index that is readable with an empty password.
 *
 * @throws {StrongroomError} `TpmFailed` if it is not there, not written, or not readable so.
 */
export async function readNvIndex(channel: TpmChannel, index: number): Promise<Uint8Array> {
  const { attributes, size } = await readNvPublic(channel, index);
  const authority = readAuthority(index, attributes);
  const chunks: Uint8Array[] = [];
  for (let offset = 0; offset < size; offset += chunkBytes) {
    const length = Math.min(chunkBytes, size - offset);
    const reader = await execute(channel, {
      code: code.nvRead,
      handles: [authority, index],
      sessions: [passwordSession],
      parameters: concatBytes(u16be(length), u16be(offset)),
    });
    chunks.push(reader.sized16(length));
  }
  return concatBytes(...chunks);
}

interface NvPublic {
  readonly attributes: number;
  readonly size: number;
}

async function readNvPublic(channel: TpmChannel, index: number): Promise<NvPublic> {
  const reader = await execute(channel, { code: code.nvReadPublic, handles: [index] });
  reader.u16();
  if (reader.u32() !== index) {
    throw malformed("another index than was asked for");
  }
  reader.u16();
  const attributes = reader.u32();
  reader.sized16();
  const size = reader.u16();
  if (size > mostBytes) {
    throw malformed("the index is too large for certificates");
  }
  return { attributes, size };
}

function readAuthority(index: number, attributes: number): number {
  if ((attributes & nvAttribute.authRead) !== 0) {
    return index;
  }
  if ((attributes & nvAttribute.ownerRead) !== 0) {
    return tpmHandle.owner;
  }
  throw new StrongroomError("TpmFailed", "an NV index with a certificate is not readable");
}
