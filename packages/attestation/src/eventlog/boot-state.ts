// SPDX-License-Identifier: Apache-2.0
/** Which system was started and how, whichever it is: what Azure Attestation's claims about a machine are made of. */

import { readLinuxBoot } from "./linux-boot.ts";
import { readSecureBoot } from "./secure-boot.ts";
import type { SecureBootKeys } from "./secure-boot-keys.ts";
import type { ProvenEventLog } from "./verify-event-log.ts";
import { readWindowsBoot, type WindowsBoot } from "./windows-boot.ts";

/** The state, as far as it is proved. */
export interface BootState extends WindowsBoot {
  readonly system: "Windows" | "Linux";
}

/** What of Windows a machine does not have on which Linux was started and none of Windows' loaders ran. */
const withoutWindows = {
  isBootDebugged: false,
  isHypervisorDebugged: false,
  isTestSigned: false,
  isFlightSigned: false,
  isSafeMode: false,
  isWinPe: false,
  hasElam: false,
  hasVbs: false,
  needsIommu: undefined,
  hvciPolicy: 0,
} as const;

/**
 * Reads the state; undefined where it is not proved which system was started, or Secure Boot was off: then loaders of
 * anybody's may say what they like.
 */
export function readBootState(log: ProvenEventLog, keys: SecureBootKeys): BootState | undefined {
  const windows = readWindowsBoot(log, keys);
  if (windows !== undefined) {
    return { system: "Windows", ...windows };
  }
  const linux = readSecureBoot(log)?.isEnabled === true ? readLinuxBoot(log) : undefined;
  return linux && { system: "Linux", ...withoutWindows, isKernelDebugged: linux.isDebugged };
}
