// SPDX-License-Identifier: Apache-2.0
/** Collects evidence of devices that answer to ioctl alone: `/dev/sev-guest` and `/dev/nsm`. */

import { ByteReader, encodeNsmRequest, readNsmResponse } from "@strongroom/attestation";
import { isStrongroomError, StrongroomError } from "@strongroom/core";
import { reportDataOf, type TeeCollector, type TeeEvidence } from "../tee/tee-evidence.ts";
import { runTeeDevice } from "./run-tee-device.ts";

/** Where the helper and the device are. */
export interface TeeDevicePaths {
  readonly helper: string;
  readonly device: string;
}

/** SEV-SNP without configfs-tsm: kernels before 6.7. @param privilegeLevel VMPL, 0 to 3. */
export function createSevGuestCollector(
  { helper, device }: TeeDevicePaths,
  privilegeLevel = 0,
): TeeCollector {
  const args = ["sev-guest", "-device", device, "-vmpl", String(privilegeLevel)];
  return {
    collect: async (binding, signal) => {
      const answer = await runTeeDevice({ helper, args, request: reportDataOf(binding) }, signal);
      return { evidence: meaningful(() => splitReport(answer)), endorsements: [] };
    },
  };
}

/** AWS Nitro enclaves' security module. */
export function createNitroCollector({ helper, device }: TeeDevicePaths): TeeCollector {
  const args = ["nsm", "-device", device];
  return {
    collect: async (binding, signal) => {
      const request = encodeNsmRequest(binding);
      const answer = await runTeeDevice({ helper, args, request }, signal);
      const evidence = meaningful((): TeeEvidence => {
        return { kind: "Nitro", document: readNsmResponse(answer) };
      });
      return { evidence, endorsements: [] };
    },
  };
}

// The helper's two parts, each behind its length.
function splitReport(answer: Uint8Array): TeeEvidence {
  const reader = new ByteReader(answer);
  const report = reader.bytes(reader.u32());
  const table = reader.bytes(reader.u32());
  reader.end();
  return { kind: "SevSnpVm", report, ...(table.length === 0 ? {} : { certificateTable: table }) };
}

/** What the device answers is nobody's evidence if it cannot be read: the device failed. */
function meaningful(read: () => TeeEvidence): TeeEvidence {
  try {
    return read();
  } catch (cause) {
    throw isStrongroomError(cause, "EvidenceMalformed")
      ? new StrongroomError("TeeFailed", `the tee's device: ${cause.message}`, { cause })
      : cause;
  }
}
