// SPDX-License-Identifier: Apache-2.0
/** Handles: what is loaded or stored in the TPM, and emptying its slots. TPM 2.0 Part 3, sections 28.4 and 30.2. */

import { malformed } from "@strongroom/attestation";
import { concatBytes, u32be } from "@strongroom/core";
import { execute } from "./execute.ts";
import type { TpmChannel } from "./tpm-transport.ts";

const code = { getCapability: 0x17a, flushContext: 0x165 } as const;

/** TPM_CAP_HANDLES. */
const handlesCapability = 1;

/** Handles that are asked for at once. */
const mostHandles = 64;

/** Hierarchies and ranges of handles. TPM 2.0 Part 2, sections 7.2 to 7.4. */
export const tpmHandle = {
  endorsement: 0x4000000b,
  owner: 0x40000001,
  none: 0x40000007,
  loadedSessions: 0x02000000,
  transient: 0x80000000,
} as const;

/** Handles that exist, ascending from `first`, of its range alone. */
export async function listHandles(channel: TpmChannel, first: number): Promise<readonly number[]> {
  const parameters = concatBytes(u32be(handlesCapability), u32be(first), u32be(mostHandles));
  const reader = await execute(channel, { code: code.getCapability, parameters });
  reader.u8();
  if (reader.u32() !== handlesCapability) {
    throw malformed("another capability than was asked for");
  }
  const count = reader.u32();
  if (count > mostHandles) {
    throw malformed("more handles than were asked for");
  }
  return Array.from({ length: count }, () => reader.u32());
}

/** Whether a persistent object or an NV index is there. */
export async function hasHandle(channel: TpmChannel, handle: number): Promise<boolean> {
  return (await listHandles(channel, handle))[0] === handle;
}

/** Forgets a loaded object or session. */
export async function flushContext(channel: TpmChannel, handle: number): Promise<void> {
  await execute(channel, { code: code.flushContext, parameters: u32be(handle) });
}

/** Forgets every loaded object and session: for a TPM whose slots nobody else manages. */
export async function flushEverything(channel: TpmChannel): Promise<void> {
  for (const range of [tpmHandle.transient, tpmHandle.loadedSessions]) {
    for (const handle of await listHandles(channel, range)) {
      await flushContext(channel, handle);
    }
  }
}
