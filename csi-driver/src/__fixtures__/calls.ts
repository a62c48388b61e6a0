// SPDX-License-Identifier: Apache-2.0
/** CSI calls as kubelet makes them, over the real socket. */

import { credentials, type ServiceError } from "@grpc/grpc-js";
import type { NodePublishVolumeRequest } from "../generated/csi/v1/NodePublishVolumeRequest.ts";
import { csiServices, registrationServices } from "../grpc/services.ts";
import { issuer } from "./sandbox.ts";

/** A token that must never be seen again. */
export const canaryToken = "canary.pod.token";

/** What a call came to: `OK` or the status. */
export interface CallResult {
  readonly code: number;
  readonly details: string;
}

/** The call that kubelet makes for a pod's inline volume. */
export function publishCall(
  targetPath: string,
  change: Partial<NodePublishVolumeRequest> = {},
  context: Readonly<Record<string, string>> = {},
): NodePublishVolumeRequest {
  return {
    volumeId: `csi-${targetPath.length}`,
    targetPath,
    readonly: true,
    volumeCapability: {
      mount: { fsType: "", mountFlags: [], volumeMountGroup: "" },
      accessMode: { mode: "SINGLE_NODE_WRITER" },
    },
    secrets: tokensFor(canaryToken),
    volumeContext: {
      vault: "vault",
      secrets: "db-password",
      "csi.storage.k8s.io/ephemeral": "true",
      "csi.storage.k8s.io/pod.name": "pod-1",
      "csi.storage.k8s.io/pod.namespace": "ns",
      "csi.storage.k8s.io/pod.uid": "pod-uid-1",
      "csi.storage.k8s.io/serviceAccount.name": "default",
      ...context,
    },
    ...change,
  };
}

/** Kubelet's `secrets` with one token for our audience. */
export function tokensFor(token: string): Record<string, string> {
  const tokens = { [issuer]: { token, expirationTimestamp: "2030-01-01T00:00:00Z" } };
  return { "csi.storage.k8s.io/serviceAccount.tokens": JSON.stringify(tokens) };
}

/** A client of the plugin's socket. */
export function connectDriver(socket: string) {
  const node = new csiServices.Node(`unix:${socket}`, credentials.createInsecure());
  return {
    publish: (call: NodePublishVolumeRequest) =>
      outcome((done) => node.NodePublishVolume(call, done)),
    unpublish: (targetPath: string) =>
      outcome((done) => node.NodeUnpublishVolume({ volumeId: "csi-1", targetPath }, done)),
    close: () => node.close(),
  };
}

/** Kubelet's two calls on a registration socket. */
export function connectRegistration(socket: string) {
  const client = new registrationServices.Registration(
    `unix:${socket}`,
    credentials.createInsecure(),
  );
  return {
    info: () =>
      new Promise((resolve, reject) =>
        client.GetInfo({}, (error, info) => (error === null ? resolve(info) : reject(error))),
      ),
    notify: (pluginRegistered: boolean) =>
      outcome((done) =>
        client.NotifyRegistrationStatus({ pluginRegistered, error: "because" }, done),
      ),
    close: () => client.close(),
  };
}

function outcome(
  call: (done: (error: ServiceError | null) => void) => unknown,
): Promise<CallResult> {
  return new Promise((resolve) =>
    call((error) => resolve({ code: error?.code ?? 0, details: error?.details ?? "" })),
  );
}
