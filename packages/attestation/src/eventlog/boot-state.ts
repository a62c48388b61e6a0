// SPDX-License-Identifier: Apache-2.0
/** Which system was started and how, whichever it is: what Azure Attestation's claims about a machine are made of. */

import type { EfiVariable } from "./efi-variable.ts";
import { readLinuxBoot } from "./linux-boot.ts";
import { readSecureBoot, type SecureBootState } from "./secure-boot.ts";
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

/** What a shim measures when its owner had it verify nothing: then it starts any loader. */
const shimSwitchedOff = "MokSBState";

/**
 * Reads the state; undefined where it is not proved which system was started, or loaders were not verified: then anybody's
 * may say what they like.
 */
export function readBootState(log: ProvenEventLog, keys: SecureBootKeys): BootState | undefined {
  const windows = readWindowsBoot(log, keys);
  if (windows !== undefined) {
    return { system: "Windows", ...windows };
  }
  const linux = areLoadersVerified(readSecureBoot(log)) ? readLinuxBoot(log) : undefined;
  return linux && { system: "Linux", ...withoutWindows, isKernelDebugged: linux.isDebugged };
}

/** Whether Secure Boot was on for every loader, as far as firmware and shim say; what the log does not tell may be its end. */
function areLoadersVerified(secureBoot: SecureBootState | undefined): boolean {
  const { isEnabled = false, since = [] } = secureBoot ?? {};
  const isVouched = (entry: EfiVariable | Uint8Array) =>
    !(entry instanceof Uint8Array) && entry.name !== shimSwitchedOff;
  return isEnabled && since.length > 0 && since.every(isVouched);
}
