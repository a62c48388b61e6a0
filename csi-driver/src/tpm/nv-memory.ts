// SPDX-License-Identifier: Apache-2.0
/** Reads and writes a TPM's NV memory. TPM 2.0 Part 3, sections 31.3, 31.4, 31.6, 31.7 and 31.13. */

import { malformed, tpm2b, tpmAlgorithm, u16be } from "@strongroom/attestation";
import { concatBytes, StrongroomError, u32be } from "@strongroom/core";
import { execute, passwordSession } from "./execute.ts";
import { hasHandle, tpmHandle } from "./tpm-handles.ts";
import type { TpmChannel } from "./tpm-transport.ts";

const code = {
  nvUndefineSpace: 0x122,
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

/** An index that is there for one use; whoever may use the TPM may use it. */
export interface NvBuffer {
  readonly index: number;
  write(content: Uint8Array): Promise<void>;
  /** All of it, what nobody wrote included. */
  read(): Promise<Uint8Array>;
}

/** Makes an index of `size` bytes for `work` and removes it afterwards. @throws {StrongroomError} `TpmFailed` */
export async function useNvBuffer<T>(
  channel: TpmChannel,
  { index, size }: { readonly index: number; readonly size: number },
  work: (buffer: NvBuffer) => Promise<T>,
): Promise<T> {
  const { authWrite, authRead } = nvAttribute;
  const handles = { code: code.nvUndefineSpace, handles: [tpmHandle.owner, index] };
  const undefine = () => execute(channel, { ...handles, sessions: [passwordSession] });
  // Left by a process that was killed.
  if (await hasHandle(channel, index)) {
    await undefine();
  }
  const attributes = authWrite | authRead;
  await defineNvIndex(channel, { index, size, attributes, nameAlgorithm: tpmAlgorithm.sha512 });
  try {
    return await work({
      index,
      write: (content) => writeChunks(channel, { authority: index, index }, content),
      read: () => readChunks(channel, { authority: index, index, size }),
    });
  } finally {
    await undefine();
  }
}

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
  return await readChunks(channel, { authority: readAuthority(index, attributes), index, size });
}

interface NvRange {
  /** Hierarchy or index whose password, an empty one, permits it. */
  readonly authority: number;
  readonly index: number;
  readonly size: number;
}

async function readChunks(
  channel: TpmChannel,
  { authority, index, size }: NvRange,
): Promise<Uint8Array> {
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
    const { ownerWrite, authWrite, ownerRead, authRead } = nvAttribute;
    await defineNvIndex(channel, {
      ...{ index, size: content.length, nameAlgorithm: tpmAlgorithm.sha256 },
      attributes: ownerWrite | authWrite | ownerRead | authRead,
    });
  }
  const { attributes, size } = await readNvPublic(channel, index);
  if (size !== content.length) {
    throw new StrongroomError("TpmFailed", "an NV index has another size");
  }
  const byOwner = (attributes & nvAttribute.ownerWrite) !== 0;
  await writeChunks(channel, { authority: byOwner ? tpmHandle.owner : index, index }, content);
}

async function writeChunks(
  channel: TpmChannel,
  { authority, index }: Omit<NvRange, "size">,
  content: Uint8Array,
): Promise<void> {
  for (let offset = 0; offset < content.length; offset += chunkBytes) {
    await execute(channel, {
      code: code.nvWrite,
      handles: [authority, index],
      sessions: [passwordSession],
      parameters: concatBytes(tpm2b(content.subarray(offset, offset + chunkBytes)), u16be(offset)),
    });
  }
}

interface NvDefinition {
  readonly index: number;
  readonly size: number;
  readonly nameAlgorithm: number;
  /** TPMA_NV. */
  readonly attributes: number;
}

async function defineNvIndex(
  channel: TpmChannel,
  { index, size, nameAlgorithm, attributes }: NvDefinition,
): Promise<void> {
  const empty = tpm2b(new Uint8Array());
  const area = concatBytes(
    ...[u32be(index), u16be(nameAlgorithm), u32be(attributes)],
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
