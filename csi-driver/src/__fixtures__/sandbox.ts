// SPDX-License-Identifier: Apache-2.0
/** A kubelet's directories and a mount namespace for one test file, in which plugins are started and killed. */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { type FileHandle, mkdir, mkdtemp, open, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { PublishWaits } from "../limits.ts";
import type { PluginConfig } from "../plugin.ts";
import { type FakeVaultState, workingVault } from "./fake-vault.ts";
import type { UnderTestMessage, UnderTestOptions } from "./plugin-under-test.ts";

/** Audience of the tokens in these tests. */
export const issuer = "https://strongroom.test.svc";

const execute = promisify(execFile);

/** A place to run plugins in. Dispose it to end everything in it. */
export interface Sandbox extends AsyncDisposable {
  readonly config: PluginConfig;
  /** Path by which this process sees what is mounted in the sandbox. */
  seen(path: string): string;
  /** Runs a program of the system in the sandbox. */
  run(command: readonly string[]): Promise<void>;
  /** Opens a file in the sandbox and keeps it open. */
  open(path: string): Promise<FileHandle>;
  /** The sandbox's table of mounts. */
  mounts(): Promise<string>;
  /** A target path below kubelet's pods whose parent exists. */
  target(name: string): Promise<string>;
  start(state?: Partial<FakeVaultState>, waits?: Partial<PublishWaits>): Promise<RunningUnderTest>;
}

/** One plugin process. */
export interface RunningUnderTest {
  readonly healthPort: number;
  /** Changes the vault; resolves with what happened there so far. */
  vault(change?: Partial<FakeVaultState>): Promise<UnderTestMessage>;
  /** Everything that it wrote. */
  output(): string;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Needs root: it mounts. */
export async function createSandbox(): Promise<Sandbox> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "sr-")));
  await mkdir(join(root, "pods"));
  await mkdir(join(root, "plugins_registry"));
  const holder = spawn("unshare", ["--mount", "sleep", "infinity"], { stdio: "ignore" });
  await once(holder, "spawn");
  await namespaceOf(holder);
  const config = configFor(root);
  const children: ChildProcess[] = [];
  return {
    config,
    seen: (path) => `/proc/${holder.pid}/root${path}`,
    run: async (command) => {
      await execute("nsenter", [...enter(holder), ...command]);
    },
    open: (path) => open(`/proc/${holder.pid}/root${path}`),
    mounts: () => readFile(`/proc/${holder.pid}/mountinfo`, "utf8"),
    target: async (name) => {
      const parent = join(root, "pods", `uid-${name}`, "volumes/kubernetes.io~csi", name);
      await mkdir(parent, { recursive: true });
      return join(parent, "mount");
    },
    start: async (state = {}, waits = {}) => {
      const vault = { ...workingVault, ...state };
      const child = spawnIn(holder, {
        config,
        vault,
        waits: { first: 2_000, again: 2_000, rightsFresh: 60_000, ...waits },
      });
      children.push(child);
      return await running(child);
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(children.map((child) => kill(child, "SIGKILL")));
      await kill(holder, "SIGKILL");
      await rm(root, { recursive: true, force: true });
    },
  };
}

function configFor(root: string): PluginConfig {
  return {
    healthPort: 0,
    issuer,
    nodeName: "node-1",
    pluginSocket: join(root, "plugins/csi.strongroom.io/csi.sock"),
    podsDirectory: join(root, "pods"),
    registrationSocket: join(root, "plugins_registry/csi.strongroom.io-reg.sock"),
    volumesBytes: 64 * 1024 * 1024,
  };
}

// unshare(1) becomes sleep(1) in the same process, a moment after it was spawned.
async function namespaceOf(holder: ChildProcess): Promise<void> {
  for (;;) {
    if ((await readFile(`/proc/${holder.pid}/comm`, "utf8")).trim() === "sleep") {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function enter(holder: ChildProcess): readonly string[] {
  return ["--target", String(holder.pid), "--mount"];
}

function spawnIn(holder: ChildProcess, options: UnderTestOptions): ChildProcess {
  const entry = fileURLToPath(new URL("./plugin-under-test.ts", import.meta.url));
  const node = [process.execPath, "--conditions=@strongroom/source", entry];
  return spawn("nsenter", [...enter(holder), ...node, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // Structured clone: a change to `undefined` must arrive.
    serialization: "advanced",
  });
}

async function running(child: ChildProcess): Promise<RunningUnderTest> {
  const chunks: string[] = [];
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
  const ended = once(child, "exit").then(() => {
    throw new Error(`the plugin ended: ${chunks.join("")}`);
  });
  ended.catch(() => undefined);
  const nextMessage = async (): Promise<UnderTestMessage> => {
    const [message] = await Promise.race([once(child, "message"), ended]);
    return message as UnderTestMessage;
  };
  const { healthPort } = await nextMessage();
  return {
    healthPort,
    vault: async (change = {}) => {
      child.send(change);
      return await nextMessage();
    },
    output: () => chunks.join(""),
    kill: (signal) => kill(child, signal),
  };
}

async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
  }
}
