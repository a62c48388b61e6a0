// SPDX-License-Identifier: Apache-2.0
/** The part of the mount measurement that runs in the node, next to the plugin's socket. Prints samples in milliseconds. */

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { promisify } from "node:util";
import { credentials } from "@grpc/grpc-js";
import { csiServices } from "../csi-driver/src/grpc/services.ts";

interface Request {
  readonly token: string;
  readonly audience: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

const times = 100;
const warmUp = 10;
const request = JSON.parse(readFileSync(0, "utf8")) as Request;
const run = promisify(execFile);
const node = new csiServices.Node(
  "unix:/var/lib/kubelet/plugins/csi.strongroom.io/csi.sock",
  credentials.createInsecure(),
);

const volumes = `/var/lib/kubelet/pods/${request.uid}/volumes/kubernetes.io~csi`;

function publish(id: string): Promise<void> {
  const tokens = { [request.audience]: { token: request.token, expirationTimestamp: "" } };
  const call = {
    volumeId: id,
    targetPath: `${volumes}/${id}/mount`,
    readonly: true,
    volumeCapability: {
      mount: { fsType: "", mountFlags: [], volumeMountGroup: "" },
      accessMode: { mode: "SINGLE_NODE_WRITER" as const },
    },
    secrets: { "csi.storage.k8s.io/serviceAccount.tokens": JSON.stringify(tokens) },
    volumeContext: {
      vault: "quickstart",
      secrets: "db-password",
      "csi.storage.k8s.io/ephemeral": "true",
      "csi.storage.k8s.io/pod.name": request.name,
      "csi.storage.k8s.io/pod.namespace": request.namespace,
      "csi.storage.k8s.io/pod.uid": request.uid,
      "csi.storage.k8s.io/serviceAccount.name": "quickstart",
    },
  };
  return new Promise((resolve, reject) => {
    node.NodePublishVolume(call, (error) => (error === null ? resolve() : reject(error)));
  });
}

function unpublish(id: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = { volumeId: id, targetPath: `${volumes}/${id}/mount` };
    node.NodeUnpublishVolume(call, (error) => (error === null ? resolve() : reject(error)));
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function bareMount(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await run("mount", ["-t", "tmpfs", "-o", "size=1m", "bench", path]);
  await run("umount", [path]);
}

const samples = { publish: [] as number[], mount: [] as number[] };
const folder = "/run/strongroom-bench";
for (let i = 0; i < warmUp + times; i += 1) {
  const id = `bench-${i}`;
  await mkdir(`${volumes}/${id}`, { recursive: true });
  const published = await timed(() => publish(id));
  await unpublish(id);
  await rm(`${volumes}/${id}`, { recursive: true, force: true });
  const mounted = await timed(() => bareMount(folder));
  if (i >= warmUp) {
    samples.publish.push(published);
    samples.mount.push(mounted);
  }
}
await rm(folder, { recursive: true, force: true });
node.close();
console.log(JSON.stringify(samples));
