// SPDX-License-Identifier: Apache-2.0
/** The command as a user starts it: by its launcher, in a process of its own. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const checkout = fileURLToPath(new URL("../../..", import.meta.url));
const launcher = fileURLToPath(new URL("../../bin/strongroom.sh", import.meta.url));

/** What a command left behind. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Argument = string | NodeJS.ProcessEnv;

/** Runs a command to its end; an object among the arguments is its environment. */
export async function strongroom(...args: readonly Argument[]): Promise<Finished> {
  return await strongroomWithInput("", ...args);
}

/** The same, with text on standard input. */
export async function strongroomWithInput(
  input: string,
  ...args: readonly Argument[]
): Promise<Finished> {
  const child = launch(args);
  // A command that reads nothing may be gone before it is written to.
  child.stdin?.on("error", () => undefined).end(input);
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const [code] = await once(child, "close");
  return { code, stdout: stdout(), stderr: stderr() };
}

/** A command that goes on. */
export interface Running extends AsyncDisposable {
  /** What it wrote to standard output so far. */
  output(): string;
  /** Waits for the pattern on standard output; answers its first group. */
  says(pattern: RegExp): Promise<string>;
  /** Sends SIGTERM, or another signal. @returns its exit code */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts a command. */
export async function startStrongroom(...args: readonly Argument[]): Promise<Running> {
  return running(launch(args));
}

/** Starts a command as npm starts it. */
export async function startWithNpx(...args: readonly string[]): Promise<Running> {
  return running(spawn("npx", ["--no-install", "strongroom", ...args], { cwd: checkout }));
}

function running(child: ChildProcess): Running {
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const closed = once(child, "close").then(([code]) => code as number | null);
  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    child.kill(signal);
    return await closed;
  };
  return {
    output: stdout,
    says: async (pattern) => {
      for (;;) {
        const match = pattern.exec(stdout());
        if (match !== null) {
          return match[1] ?? match[0];
        }
        if (child.exitCode !== null) {
          throw new Error(`it ended: ${stderr()}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}

function launch(args: readonly Argument[]): ChildProcess {
  const environment = args.find((arg) => typeof arg === "object");
  const words = args.filter((arg) => typeof arg === "string");
  return spawn(launcher, words, { env: environment });
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = "";
  stream?.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
  });
  return () => text;
}

/** A folder that goes with the test. */
export interface TestFolder extends AsyncDisposable {
  readonly path: (name: string) => string;
}

/** Makes one. */
export async function makeTestFolder(): Promise<TestFolder> {
  const root = await mkdtemp(join(tmpdir(), "cli-"));
  return {
    path: (name) => join(root, name),
    [Symbol.asyncDispose]: async () => await rm(root, { recursive: true, force: true }),
  };
}
