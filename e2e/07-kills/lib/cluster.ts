// SPDX-License-Identifier: Apache-2.0
/** The test cluster from the outside: kubectl, the node's processes, and the components that are killed. */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const cluster = fileURLToPath(new URL("../../cluster", import.meta.url));

/** Something that is killed. */
export type Component = "vault" | "hsm" | "operator" | "node-plugin" | "etcd" | "kubelet";

/** All of them. */
export const components: readonly Component[] = [
  "vault",
  "hsm",
  "operator",
  "node-plugin",
  "etcd",
  "kubelet",
];

/** What the process of a containerised component is called in the node. */
const patterns: Partial<Record<Component, string>> = {
  vault: "/app/vault.js",
  hsm: "/app/hsm-host.js serve",
  operator: "/app/operator.js",
  "node-plugin": "/app/csi-driver.js",
};

/** Standard output of kubectl. */
export async function kubectl(...args: readonly string[]): Promise<string> {
  return (await run("kubectl", [...args], { maxBuffer: 64 << 20 })).stdout;
}

/** Starts a command in the node. */
export function startInNode(...command: readonly string[]): ChildProcess {
  return spawn(`${cluster}/exec-node.sh`, [...command], { stdio: ["pipe", "pipe", "inherit"] });
}

/** Runs a command in the node with `input`; its standard output. */
export async function runInNode(command: readonly string[], input = ""): Promise<string> {
  const child = startInNode(...command);
  // A command that ends without reading its input is no failure: its exit code says what it was.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(input);
  const chunks: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code !== 0) {
    throw new Error(`${command[0]} in the node ended with ${code}`);
  }
  return Buffer.concat(chunks).toString();
}

/** Pid of a component's process in the node; nothing while it is not running. */
export async function pidOf(component: Component): Promise<string | undefined> {
  const pattern = patterns[component];
  const search =
    pattern === undefined ? ["pgrep", "-x", component] : ["pgrep", "-f", `node .*${pattern}`];
  const pids = (await runInNode(search).catch(() => "")).trim().split("\n");
  return pids[0] === "" ? undefined : pids[0];
}

/** Kills with SIGKILL. What the kubelet does not restart is started again here. */
export async function kill(component: Component): Promise<void> {
  if (patterns[component] === undefined) {
    await run(`${cluster}/kill.sh`, [component]);
    await run(`${cluster}/start.sh`, [component]);
    return;
  }
  const pid = await pidOf(component);
  if (pid === undefined) {
    throw new Error(`${component} is not running`);
  }
  await runInNode(["kill", "-9", pid]);
}
