// SPDX-License-Identifier: Apache-2.0
/** Runs csi-sanity in the node, next to the plugin's socket. What it needs, a pod's token too, comes on standard input. */

import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { listenShim } from "../../csi-driver/src/__fixtures__/controller-shim.ts";
import { readInput } from "../lib/read-input.ts";

interface Input {
  readonly name: string;
  readonly uid: string;
  readonly audience: string;
  readonly token: string;
  /** Path of the suite's binary. */
  readonly sanity: string;
}

const pluginSocket = "/var/lib/kubelet/plugins/csi.strongroom.io/csi.sock";
const folder = "/run/csi-sanity";
/** Identity 3; capabilities 1, info 1, publish 3, unpublish 3. */
const mustPass = 11;
const input = await readInput<Input>();
const volumes = `/var/lib/kubelet/pods/${input.uid}/volumes/kubernetes.io~csi/sanity`;

mkdirSync(folder, { recursive: true, mode: 0o700 });
mkdirSync(volumes, { recursive: true });
const tokens = { [input.audience]: { token: input.token, expirationTimestamp: "" } };
const secrets = { "csi.storage.k8s.io/serviceAccount.tokens": JSON.stringify(tokens) };
writeFileSync(`${folder}/secrets.json`, JSON.stringify({ NodePublishVolumeSecret: secrets }), {
  mode: 0o600,
});
const shim = await listenShim(`${folder}/shim.sock`, pluginSocket, {
  vault: "quickstart",
  secrets: "db-password",
  "csi.storage.k8s.io/ephemeral": "true",
  "csi.storage.k8s.io/pod.name": input.name,
  "csi.storage.k8s.io/pod.namespace": "quickstart",
  "csi.storage.k8s.io/pod.uid": input.uid,
  "csi.storage.k8s.io/serviceAccount.name": "quickstart",
});
const run = promisify(execFile)(
  input.sanity,
  [
    `--csi.endpoint=${pluginSocket}`,
    `--csi.controllerendpoint=${folder}/shim.sock`,
    `--csi.mountdir=${volumes}/mount`,
    `--csi.stagingdir=${folder}/staging`,
    `--csi.secrets=${folder}/secrets.json`,
    "--ginkgo.focus=Node Service|Identity Service",
    "--ginkgo.no-color",
  ],
  { cwd: "/" },
);
// It exits 1 when a test fails; its report says more than that.
const { stdout } = await run.catch((failed: { readonly stdout: string }) => failed);
shim.abort();
rmSync(folder, { recursive: true, force: true });
rmSync(volumes, { recursive: true, force: true });
const passed = Number(/(\d+) Passed/.exec(stdout)?.[1] ?? "0");
if (!stdout.includes(" 0 Failed") || passed < mustPass) {
  console.log(stdout);
  process.exit(1);
}
console.log(`csi-sanity: ${passed} passed`);
process.exit(0);
