// SPDX-License-Identifier: Apache-2.0
/** What a platform's status and that of a part of it come to together. Intel DCAP quote verification library, 4.1.2.4.17. */

import type { LevelStatus, TcbStatus } from "./tcb-standing.ts";

/** The status of `whole` with a `part` (TDX module or quoting enclave) of its own status: never better than before. */
export function convergeStatus(whole: TcbStatus, part: LevelStatus | "NotSupported"): TcbStatus {
  if (part === "Revoked" || part === "NotSupported") {
    return part;
  }
  if (part === "UpToDate" || whole === "Revoked" || whole === "NotSupported") {
    return whole;
  }
  // Modules and enclaves are UpToDate, OutOfDate or Revoked; whatever else may come is taken for out of date.
  return needsConfiguration(whole) ? "OutOfDateConfigurationNeeded" : "OutOfDate";
}

/** Whether the platform's owner has to configure something. */
export function needsConfiguration(status: TcbStatus): boolean {
  return (
    status === "ConfigurationNeeded" ||
    status === "ConfigurationAndSWHardeningNeeded" ||
    status === "OutOfDateConfigurationNeeded" ||
    status === "TDRelaunchAdvisedConfigurationNeeded"
  );
}
