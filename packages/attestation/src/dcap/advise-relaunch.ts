// SPDX-License-Identifier: Apache-2.0
/** Whether relaunching a TD would bring it up to date. Intel DCAP quote verification library, 4.1.2.4.17.4.3. */

import { needsConfiguration } from "./converge-status.ts";
import { findModule } from "./match-tcb.ts";
import type { TcbInfo } from "./tcb-info.ts";
import type { LevelStatus, TcbStatus } from "./tcb-standing.ts";

/** What was found before the relaunch is asked about. */
export interface LaunchState {
  /** The platform's status without the TDX module. */
  readonly sgx: LevelStatus;
  /** The platform's status with the TDX module. */
  readonly tdx: TcbStatus;
  readonly module: LevelStatus;
  readonly qe: LevelStatus | "NotSupported";
  /** Security versions of the module that runs now. */
  readonly teeTcbSvn2: Uint8Array;
}

const good: readonly LevelStatus[] = [
  "UpToDate",
  "SWHardeningNeeded",
  "ConfigurationNeeded",
  "ConfigurationAndSWHardeningNeeded",
];

/**
 * The status of a TD that was launched under an old module on a platform that has the newest one by now; the status as it
 * was where that is not so. A module that runs and that nobody knows is supported no more than one that launched it.
 */
export function adviseRelaunch(state: LaunchState, info: TcbInfo): TcbStatus {
  const isOld = state.tdx === "OutOfDate" || state.tdx === "OutOfDateConfigurationNeeded";
  const isOnlyModule = good.includes(state.sgx) && state.qe === "UpToDate";
  if (!isOld || !isOnlyModule || state.module !== "OutOfDate") {
    return state.tdx;
  }
  const newest = newestOfRunning(state.teeTcbSvn2, info);
  if (newest === undefined) {
    return "NotSupported";
  }
  if (!isNewest(state.teeTcbSvn2, newest)) {
    return state.tdx;
  }
  return needsConfiguration(state.sgx) || needsConfiguration(state.tdx)
    ? "TDRelaunchAdvisedConfigurationNeeded"
    : "TDRelaunchAdvised";
}

interface Newest {
  readonly module: number;
  readonly loader: number;
}

/** The newest versions of the SEAM loader and of the module that runs now, by its major version; undefined where nobody knows it. */
function newestOfRunning(teeTcbSvn2: Uint8Array, info: TcbInfo): Newest | undefined {
  const major = teeTcbSvn2[1] ?? 0;
  const platform = info.levels[0]?.tdx;
  const module = major === 0 ? platform?.[0] : findModule(info, major)?.levels[0]?.isvSvn;
  const loader = platform?.[2];
  return module === undefined || loader === undefined ? undefined : { module, loader };
}

function isNewest([isvSvn = 0, , loader = 0]: Uint8Array, newest: Newest): boolean {
  return isvSvn >= newest.module && loader >= newest.loader;
}
