// SPDX-License-Identifier: Apache-2.0
/**
 * The controller that this driver does not have, for a test suite that cannot do without: volumes exist as soon as they
 * are named. Node calls go on to the real plugin.
 */

import {
  credentials,
  loadPackageDefinition,
  type Server,
  type ServiceDefinition,
} from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";
import type { NodeHandlers } from "../generated/csi/v1/Node.ts";
import { type Listener, listen } from "../grpc/listen.ts";
import { csiServices } from "../grpc/services.ts";

const text = (id: number) => ({ type: "string", id });
const texts = (id: number) => ({ keyType: "string", type: "string", id });
const call = (name: string) => ({ requestType: `${name}Request`, responseType: `${name}Response` });

// CSI 1.12, as much as csi-sanity needs of Identity and Controller.
const messages = {
  Identity: {
    methods: {
      GetPluginInfo: call("GetPluginInfo"),
      GetPluginCapabilities: call("GetPluginCapabilities"),
      Probe: call("Probe"),
    },
  },
  Controller: {
    methods: {
      CreateVolume: call("CreateVolume"),
      DeleteVolume: call("DeleteVolume"),
      ControllerGetCapabilities: call("ControllerGetCapabilities"),
    },
  },
  GetPluginInfoRequest: { fields: {} },
  GetPluginInfoResponse: { fields: { name: text(1), vendorVersion: text(2) } },
  GetPluginCapabilitiesRequest: { fields: {} },
  GetPluginCapabilitiesResponse: {
    fields: { capabilities: { rule: "repeated", type: "Capability", id: 1 } },
  },
  ProbeRequest: { fields: {} },
  ProbeResponse: { fields: {} },
  CreateVolumeRequest: { fields: { name: text(1) } },
  CreateVolumeResponse: { fields: { volume: { type: "Volume", id: 1 } } },
  Volume: { fields: { volumeId: text(2), volumeContext: texts(3) } },
  DeleteVolumeRequest: { fields: { volumeId: text(1) } },
  DeleteVolumeResponse: { fields: {} },
  ControllerGetCapabilitiesRequest: { fields: {} },
  ControllerGetCapabilitiesResponse: {
    fields: { capabilities: { rule: "repeated", type: "Capability", id: 1 } },
  },
  // A plugin's and a controller's capability have the same shape, and 1 is the type that is wanted in both:
  // CONTROLLER_SERVICE and CREATE_DELETE_VOLUME.
  Capability: { fields: { service: { type: "Kind", id: 1 } } },
  Kind: { fields: { type: { type: "int32", id: 1 } } },
};

interface Services {
  readonly csi: {
    readonly v1: Record<"Identity" | "Controller", { readonly service: ServiceDefinition }>;
  };
}

const capabilities = { capabilities: [{ service: { type: 1 } }] };

const reply =
  (answer: object) =>
  (_: unknown, callback: (error: null, response: object) => void): void =>
    callback(null, answer);

/** Serves on `path`. @param volumeContext What every volume is published with. */
export async function listenShim(
  path: string,
  driverSocket: string,
  volumeContext: Readonly<Record<string, string>>,
): Promise<Listener> {
  const json: object = { nested: { csi: { nested: { v1: { nested: messages } } } } };
  const { v1 } = (
    loadPackageDefinition(fromJSON(json as Parameters<typeof fromJSON>[0])) as unknown as Services
  ).csi;
  return await listen(path, (server) => {
    server.addService(v1.Identity.service, {
      GetPluginInfo: reply({ name: "csi.strongroom.io", vendorVersion: "0" }),
      GetPluginCapabilities: reply(capabilities),
      Probe: reply({}),
    });
    server.addService(v1.Controller.service, {
      CreateVolume: (
        { request }: { readonly request: { readonly name: string } },
        callback: (error: null, response: object) => void,
      ) => callback(null, { volume: { volumeId: request.name, volumeContext } }),
      DeleteVolume: reply({}),
      ControllerGetCapabilities: reply(capabilities),
    });
    forwardNode(server, driverSocket);
  });
}

function forwardNode(server: Server, driverSocket: string): void {
  const node = new csiServices.Node(`unix:${driverSocket}`, credentials.createInsecure());
  const handlers: NodeHandlers = {
    NodePublishVolume: (sent, callback) => void node.NodePublishVolume(sent.request, callback),
    NodeUnpublishVolume: (sent, callback) => void node.NodeUnpublishVolume(sent.request, callback),
    NodeGetCapabilities: (sent, callback) => void node.NodeGetCapabilities(sent.request, callback),
    NodeGetInfo: (sent, callback) => void node.NodeGetInfo(sent.request, callback),
  };
  server.addService(csiServices.Node.service, handlers);
}
