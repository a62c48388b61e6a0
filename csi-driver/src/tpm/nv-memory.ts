// SPDX-License-Identifier: Apache-2.0
/** Reads and writes a TPM's NV memory. TPM 2.0 Part 3, sections 31.3, 31.6, 31.7 and 31.13. */

import { malformed, tpm2b, tpmAlgorithm, u16be } from "@strongroom/attestation";
import { concatBytes, StrongroomError, u32be } from "@strongroom/core";
import { execute, passwordSession } from "./execute.ts";
import { hasHandle, tpmHandle } from "./tpm-handles.ts";
import type { TpmChannel } from "./tpm-transport.ts";

const code = {
  nvDefineSpace: 0x12a,
  nvWrite: 0x137,
  nvReadPublic: 0x169,
  nvRead: 0x14e,
} as const;

/** Bits of TPMA_NV, TPM 2.0 Part 2, section 13.4. */
const nvAttribute = {
  ownerWrite: 1 << 1,
  authWrite: 1 << 2,
  ownerRead: 1 << 17,
  authRead: 1 << 18,
} as const;

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

/**
 * Writes an index, with empty passwords; makes it where it is missing, for its owner and everybody to read and write.
 *
 * @throws {StrongroomError} `TpmFailed` if it has another size, or may not be written so.
 */
export async function writeNvIndex(
  channel: TpmChannel,
  index: number,
  content: Uint8Array,
): Promise<void> {
  if (!(await hasHandle(channel, index))) {
    await defineNvIndex(channel, index, content.length);
  }
  const { attributes, size } = await readNvPublic(channel, index);
  if (size !== content.length) {
    throw new StrongroomError("TpmFailed", "an NV index has another size");
  }
  const byOwner = (attributes & nvAttribute.ownerWrite) !== 0;
  for (let offset = 0; offset < size; offset += chunkBytes) {
    await execute(channel, {
      code: code.nvWrite,
      handles: [byOwner ? tpmHandle.owner : index, index],
      sessions: [passwordSession],
      parameters: concatBytes(tpm2b(content.subarray(offset, offset + chunkBytes)), u16be(offset)),
    });
  }
}

async function defineNvIndex(channel: TpmChannel, index: number, size: number): Promise<void> {
  const { ownerWrite, authWrite, ownerRead, authRead } = nvAttribute;
  const empty = tpm2b(new Uint8Array());
  const area = concatBytes(
    ...[u32be(index), u16be(tpmAlgorithm.sha256)],
    u32be(ownerWrite | authWrite | ownerRead | authRead),
    ...[empty, u16be(size)],
  );
  await execute(channel, {
    code: code.nvDefineSpace,
    handles: [tpmHandle.owner],
    sessions: [passwordSession],
    parameters: concatBytes(empty, tpm2b(area)),
  });
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
