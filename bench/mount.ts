// SPDX-License-Identifier: Apache-2.0
/**
 * Time of a warm NodePublishVolume of one secret, as kubelet would call it, over the plugin's own socket: the whole of
 * a release (TokenReview remembered, decision, record, signed head, decryption) and the mount. The yardstick is a bare
 * `mount` and `umount` of a tmpfs in the same node.
 */

import { fileURLToPath } from "node:url";
import { inNodeWithInput, kubectl, percentile, row } from "./in-node.ts";

const namespace = "quickstart";
const audience = "https://strongroom.strongroom-system.svc";

interface Sample {
  readonly publish: readonly number[];
  readonly mount: readonly number[];
}

const pod = JSON.parse(
  await kubectl(
    "get",
    "pods",
    "-n",
    namespace,
    "-l",
    "app.kubernetes.io/name=quickstart",
    "-o",
    "json",
  ),
).items[0] as { metadata: { name: string; uid: string } };
const token = await kubectl(
  ...["create", "token", "quickstart", "-n", namespace, "--audience", audience],
  ...["--bound-object-kind", "Pod", "--bound-object-name", pod.metadata.name],
  ...["--bound-object-uid", pod.metadata.uid],
);
const script = fileURLToPath(new URL("mount-in-node.ts", import.meta.url));
const request = {
  token: token.trim(),
  audience,
  namespace,
  name: pod.metadata.name,
  uid: pod.metadata.uid,
};
// The token goes by standard input: arguments are seen by everyone on the machine.
const command = [process.execPath, "--conditions=@strongroom/source", script];
const output = await inNodeWithInput(command, JSON.stringify(request));
const { publish, mount } = JSON.parse(output) as Sample;
const p50 = percentile(publish, 0.5);
const bare = percentile(mount, 0.5);
console.log(`\nWarm NodePublishVolume of one secret (${publish.length} times)`);
row("", "ms", "goal", "bare mount = 1");
row("a bare mount and umount, p50", bare.toFixed(1), "", "1.0");
row("publish, p50", p50.toFixed(1), "<= 60", (p50 / bare).toFixed(1));
row(
  "publish, p99",
  percentile(publish, 0.99).toFixed(1),
  "",
  (percentile(publish, 0.99) / bare).toFixed(1),
);
