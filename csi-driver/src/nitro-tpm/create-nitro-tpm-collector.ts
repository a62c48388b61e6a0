// SPDX-License-Identifier: Apache-2.0
/**
 * Collects documents of an EC2 instance's NitroTPM. The request is put into NV memory, a command of AWS's has it answered
 * in the same place. AWS, NitroTPM-Tools, "nitro-tpm-attest".
 */

import { encodeNsmRequest, readNsmBuffer } from "@strongroom/attestation";
import type { Log } from "@strongroom/core";
import type { TeeCollector } from "../tee/tee-evidence.ts";
import { execute, passwordSession } from "../tpm/execute.ts";
import { useNvBuffer } from "../tpm/nv-memory.ts";
import type { TpmTransport } from "../tpm/tpm-transport.ts";
import { useCleanTpm } from "../tpm/use-clean-tpm.ts";

/** TPM2_VENDOR_AWS_NSM_REQUEST: handles of the index, once to authorise and once to use. */
export const nsmRequestCode = 0x20000001;

/** The index, of those that are the owner's, and its size as AWS's tool has it. */
const buffer = { index: 0x018a_5301, size: 8_192 } as const;

/** What a collector works with. */
export interface NitroTpmDeps {
  readonly transport: TpmTransport;
  readonly log: Log;
}

/** A collector; nothing is asked before the first use. */
export function createNitroTpmCollector(deps: NitroTpmDeps): TeeCollector {
  return {
    collect: async (binding) => {
      const document = await useCleanTpm(deps, (channel) =>
        useNvBuffer(channel, buffer, async ({ index, write, read }) => {
          await write(encodeNsmRequest(binding));
          await execute(channel, {
            ...{ code: nsmRequestCode, handles: [index, index], sessions: [passwordSession] },
          });
          return readNsmBuffer(await read());
        }),
      );
      return { evidence: { kind: "Nitro", document }, endorsements: [] };
    },
  };
}
