// SPDX-License-Identifier: Apache-2.0
/** The host as a process of its own, on folders of its own, over SoftHSM: what tests talk to. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { silentLog } from "@strongroom/core";
import { connectHsm } from "../client/connect-hsm.ts";
import type { HsmClient } from "../client/hsm-client.ts";
import type { Environment } from "../host/config.ts";
import { dataFolder } from "../host/data-folder.ts";
import { tokenEnvironment } from "../host/token-config.ts";

const hostProgram = fileURLToPath(new URL("../host/main.ts", import.meta.url));
/** SoftHSM 2 as Debian installs it. */
export const softHsm = "/usr/lib/softhsm/libsofthsm2.so";

/** A token's volume, the folder of the socket, and which token it is. */
export interface Folders extends AsyncDisposable {
  readonly data: string;
  readonly sockets: string;
  /** Path of the PKCS#11 module. */
  readonly module: string;
  readonly domain: "custodians" | "none" | undefined;
}

/** Empty folders, removed when they are disposed of. */
export async function makeFolders(
  choice: Partial<Pick<Folders, "module" | "domain">> = {},
): Promise<Folders> {
  const root = await mkdtemp(join(tmpdir(), "hsm-"));
  return {
    module: softHsm,
    domain: "none",
    ...choice,
    data: join(root, "data"),
    sockets: join(root, "run", "hsm"),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

/** Another program than the host itself; it gets command, settings (JSON) and `args`. */
export interface ProgramChoice {
  readonly program: string;
  readonly args: readonly string[];
}

/** A running program with its log. */
export interface Running {
  readonly child: ChildProcess;
  /** Lines of its log so far. */
  readonly lines: readonly string[];
  /** Resolves with the line that has `text`. */
  line(text: string): Promise<string>;
  /** Resolves with the exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
}

/** The settings of a host in `folders`. */
export function settingsOf(folders: Folders): Environment {
  return {
    STRONGROOM_HSM_MODULE: folders.module,
    STRONGROOM_HSM_DATA: folders.data,
    STRONGROOM_HSM_DOMAIN: folders.domain,
    STRONGROOM_HSM_SOCKET_DIR: folders.sockets,
    STRONGROOM_HSM_HEALTH_PORT: "0",
  };
}

/** Starts `command` of the host, or of another program. */
export function run(command: string, folders: Folders, choice?: ProgramChoice): Running {
  const settings = settingsOf(folders);
  const rest = choice === undefined ? [] : [JSON.stringify(settings), ...choice.args];
  const args = ["--conditions=@strongroom/source", choice?.program ?? hostProgram, command];
  const variables = tokenEnvironment(dataFolder(folders.data).token);
  const child = spawn(process.execPath, [...args, ...rest], {
    env: { ...settings, ...(choice === undefined ? {} : variables) },
    stdio: ["ignore", "inherit", "pipe"],
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stderr });
  reader.on("line", (line) => void lines.push(line));
  return { child, lines, line: (text) => awaitLine(text), ended: awaitEnd(child) };

  async function awaitLine(text: string): Promise<string> {
    const signal = AbortSignal.timeout(15_000);
    for (;;) {
      const found = lines.find((line) => line.includes(text));
      if (found !== undefined) {
        return found;
      }
      await Promise.race([once(reader, "line", { signal }), once(reader, "close", { signal })]);
    }
  }
}

async function awaitEnd(child: ChildProcess): Promise<number | string> {
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  return code ?? signal ?? "unknown";
}

/** Runs the init step to its end; its exit code. */
export async function init(folders: Folders, choice?: ProgramChoice): Promise<number | string> {
  return await run("init", folders, choice).ended;
}

/** A host that serves. */
export interface HostUnderTest extends AsyncDisposable {
  readonly running: Running;
  readonly healthPort: number;
  /** SIGTERM, or SIGKILL; resolves with how it ended. */
  stop(signal?: NodeJS.Signals): Promise<number | string>;
}

/** Starts the host and waits until it serves. */
export async function startHost(folders: Folders, choice?: ProgramChoice): Promise<HostUnderTest> {
  const running = run("serve", folders, choice);
  const { port } = JSON.parse(await running.line('"serving"')) as { port: number };
  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    running.child.kill(signal);
    return await running.ended;
  };
  return {
    running,
    healthPort: port,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop("SIGKILL")),
  };
}

/** A client of the host in `folders`. */
export async function connect(folders: Folders, requestTimeoutMs = 5_000): Promise<HsmClient> {
  return await connectHsm({ directory: folders.sockets, log: silentLog, requestTimeoutMs });
}

/** The result of `call` once it succeeds: a host that is restarted is away for a moment. */
export async function eventually<T>(call: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (Date.now() > deadline) {
        throw error;
      }
      await delay(20);
    }
  }
}

/** The host over a module that records its calls and takes faults. */
export const recordingHost = fileURLToPath(new URL("./recording-host.ts", import.meta.url));

/** The program that attacks a token from inside the host's process. */
export const attackToken = fileURLToPath(new URL("./attack-token.ts", import.meta.url));

/** The program that puts known objects on a token. */
export const plantObjects = fileURLToPath(new URL("./plant-objects.ts", import.meta.url));
