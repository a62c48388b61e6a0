// SPDX-License-Identifier: Apache-2.0
/** Service definitions of CSI, of kubelet's plugin registration and of evidence providers, made from the generated descriptors. */

import { loadPackageDefinition } from "@grpc/grpc-js";
import { fromJSON, type Options } from "@grpc/proto-loader";
import { descriptor as csi } from "../generated/csi.descriptor.ts";
import type { ProtoGrpcType as Csi } from "../generated/csi.ts";
import { descriptor as evidence } from "../generated/evidence.descriptor.ts";
import type { ProtoGrpcType as Evidence } from "../generated/evidence.ts";
import { descriptor as pluginregistration } from "../generated/pluginregistration.descriptor.ts";
import type { ProtoGrpcType as Registration } from "../generated/pluginregistration.ts";

// What the generated types were made with.
const options: Options = { longs: String, enums: String, defaults: true, oneofs: true };

/** CSI 1.12: Identity and Node. */
export const csiServices = (load(csi) as unknown as Csi).csi.v1;

/** Kubelet's Registration. */
export const registrationServices = (load(pluginregistration) as unknown as Registration)
  .pluginregistration;

/** A program of this node that has evidence. */
export const evidenceServices = (load(evidence) as unknown as Evidence).strongroom.evidence.v1;

function load(descriptor: object) {
  return loadPackageDefinition(fromJSON(descriptor as Parameters<typeof fromJSON>[0], options));
}
