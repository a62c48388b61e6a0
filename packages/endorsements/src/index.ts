// SPDX-License-Identifier: Apache-2.0
/** What vendors signed about machines: asked for at configured hosts alone, verified, kept, carried offline. */

export {
  type Clock,
  halfJitter,
  type Jitter,
  type Log,
  silentLog,
  systemClock,
} from "@strongroom/core";
export * from "./amd/find-snp-endorsements.ts";
export * from "./bundle.ts";
export * from "./endorsement-cache.ts";
export * from "./endorsement-library.ts";
export * from "./endorsement-sources.ts";
export * from "./found-endorsements.ts";
export * from "./host-gate.ts";
export * from "./intel/find-dcap-endorsements.ts";
export * from "./keep-current.ts";
export { bundleBytes as mostBundleBytes } from "./limits.ts";
export type { VendorRoots } from "./verify-endorsement.ts";
