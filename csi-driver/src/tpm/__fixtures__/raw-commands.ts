// SPDX-License-Identifier: Apache-2.0
/** TPM commands that only tests send: extending registers, storing and removing keys, filling slots. */

import { tpm2b, tpmAlgorithm, u16be } from "@strongroom/attestation";
import { concatBytes, u32be } from "@strongroom/core";
import { execute, executeForHandle, passwordSession } from "../execute.ts";
import { attestationKeyTemplate } from "../key-templates.ts";
import { flushContext, tpmHandle } from "../tpm-handles.ts";
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

/** Makes a key and stores it where it outlives the TPM's restarts. @param template TPMT_PUBLIC */
export async function persistKey(channel: TpmChannel, template: Uint8Array, handle: number) {
  const loaded = await executeForHandle(channel, {
    code: 0x131,
    handles: [tpmHandle.owner],
    sessions: [passwordSession],
    parameters: concatBytes(tpm2b(concatBytes(empty, empty)), tpm2b(template), empty, u32be(0)),
  });
  await execute(channel, {
    code: 0x120,
    handles: [tpmHandle.owner, loaded.handle],
    sessions: [passwordSession],
    parameters: u32be(handle),
  });
}

/** TPM_RH_PLATFORM. */
const platform = 0x4000000c;

/** Removes an NV index that the TPM's maker made, as firmware may. */
export async function removeNvIndex(channel: TpmChannel, index: number) {
  await execute(channel, {
    code: 0x122,
    handles: [platform, index],
    sessions: [passwordSession],
  });
}

/** TPMT_PUBLIC of the endorsement key that a template makes; it does not stay loaded. */
export async function endorsementKeyOf(channel: TpmChannel, template: Uint8Array) {
  const { handle, parameters } = await loadPrimary(channel, template);
  await flushContext(channel, handle);
  return parameters.sized16();
}

/** Loads a key and leaves it in its slot. */
export async function leaveKeyLoaded(channel: TpmChannel): Promise<number> {
  const { handle } = await loadPrimary(channel, attestationKeyTemplate);
  return handle;
}

function loadPrimary(channel: TpmChannel, template: Uint8Array) {
  return executeForHandle(channel, {
    code: 0x131,
    handles: [tpmHandle.endorsement],
    sessions: [passwordSession],
    parameters: concatBytes(tpm2b(concatBytes(empty, empty)), tpm2b(template), empty, u32be(0)),
  });
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
