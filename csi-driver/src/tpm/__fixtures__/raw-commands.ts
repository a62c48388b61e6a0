// SPDX-License-Identifier: Apache-2.0
/** TPM commands that only tests send: extending registers, removing keys, writing NV memory, filling slots. */

import { tpm2b, tpmAlgorithm, u16be } from "@strongroom/attestation";
import { concatBytes, u32be } from "@strongroom/core";
import { execute, executeForHandle, passwordSession } from "../execute.ts";
import { attestationKeyTemplate } from "../key-templates.ts";
import { tpmHandle } from "../tpm-handles.ts";
import type { TpmChannel } from "../tpm-transport.ts";

const empty = tpm2b(new Uint8Array());

/** Extends a register of the SHA-256 bank. */
export async function extendPcr(channel: TpmChannel, index: number, digest: Uint8Array) {
  await execute(channel, {
    code: 0x182,
    handles: [index],
    sessions: [passwordSession],
    parameters: concatBytes(u32be(1), u16be(tpmAlgorithm.sha256), digest),
  });
}

/** Removes a persistent object. */
export async function evict(channel: TpmChannel, handle: number) {
  await execute(channel, {
    code: 0x120,
    handles: [tpmHandle.owner, handle],
    sessions: [passwordSession],
    parameters: u32be(handle),
  });
}

/** Makes an NV index that everybody may read, with this content. */
export async function writeNvIndex(channel: TpmChannel, index: number, content: Uint8Array) {
  const ownerWriteOwnerAndAuthRead = (1 << 1) | (1 << 17) | (1 << 18);
  const area = concatBytes(
    ...[u32be(index), u16be(tpmAlgorithm.sha256), u32be(ownerWriteOwnerAndAuthRead)],
    ...[empty, u16be(content.length)],
  );
  await execute(channel, {
    code: 0x12a,
    handles: [tpmHandle.owner],
    sessions: [passwordSession],
    parameters: concatBytes(empty, tpm2b(area)),
  });
  for (let offset = 0; offset < content.length; offset += 512) {
    await execute(channel, {
      code: 0x137,
      handles: [tpmHandle.owner, index],
      sessions: [passwordSession],
      parameters: concatBytes(tpm2b(content.subarray(offset, offset + 512)), u16be(offset)),
    });
  }
}

/** Loads a key and leaves it in its slot. */
export async function leaveKeyLoaded(channel: TpmChannel): Promise<number> {
  const { handle } = await executeForHandle(channel, {
    code: 0x131,
    handles: [tpmHandle.endorsement],
    sessions: [passwordSession],
    parameters: concatBytes(
      tpm2b(concatBytes(empty, empty)),
      tpm2b(attestationKeyTemplate),
      empty,
      u32be(0),
    ),
  });
  return handle;
}

/** Starts a policy session and leaves it in its slot. */
export async function leaveSessionLoaded(channel: TpmChannel): Promise<number> {
  const { handle } = await executeForHandle(channel, {
    code: 0x176,
    handles: [tpmHandle.none, tpmHandle.none],
    parameters: concatBytes(
      ...[tpm2b(new Uint8Array(32)), empty, new Uint8Array([1])],
      ...[u16be(tpmAlgorithm.null), u16be(tpmAlgorithm.sha256)],
    ),
  });
  return handle;
}
