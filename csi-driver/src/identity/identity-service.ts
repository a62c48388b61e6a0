// SPDX-License-Identifier: Apache-2.0
/** CSI's Identity service. CSI 1.12, Identity Service RPC. */

import { csiDriverName } from "@strongroom/api";
import type { Log } from "@strongroom/core";
import type { IdentityHandlers } from "../generated/csi/v1/Identity.ts";
import { unary } from "../grpc/unary.ts";

/** Handlers; the plugin is ready as soon as it answers, because unpublish needs no vault. */
export function createIdentityService(log: Log, version: string): IdentityHandlers {
  return {
    GetPluginInfo: unary(log, "GetPluginInfo", async () => ({
      name: csiDriverName,
      vendorVersion: version,
    })),
    GetPluginCapabilities: unary(log, "GetPluginCapabilities", async () => ({})),
    Probe: unary(log, "Probe", async () => ({})),
  };
}
