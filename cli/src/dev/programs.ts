// SPDX-License-Identifier: Apache-2.0
/** The programs that the command starts: child processes that end with it. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { StrongroomError } from "@strongroom/core";

type Environment = Readonly<Record<string, string | undefined>>;

/** A program that runs. */
export interface StartedProgram {
  readonly name: string;
  /** Resolves when it has ended, however that came. */
  readonly ended: Promise<void>;
  hasEnded(): boolean;
  /** Asks it to end and waits until it has. */
  stop(): Promise<void>;
}

/** File of a program, by its package export. */
export function programPath(specifier: string): string {
  return fileURLToPath(import.meta.resolve(specifier));
}

/** Starts a program; what it says goes to standard error. */
export function startProgram(
  name: string,
  path: string,
  args: readonly string[],
  environment: Environment,
): StartedProgram {
  const child = launch(path, args, environment);
  const ended = once(child, "exit").then(() => undefined);
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    name,
    ended,
    hasEnded,
    stop: async () => {
      if (!hasEnded()) {
        child.kill("SIGTERM");
        await ended;
      }
    },
  };
}

/** Runs a program to its end. @throws {StrongroomError} `Internal` if it fails. */
export async function runToEnd(
  path: string,
  args: readonly string[],
  environment: Environment,
): Promise<void> {
  const [code] = await once(launch(path, args, environment), "exit");
  if (code !== 0) {
    throw new StrongroomError("Internal", `the HSM's token could not be prepared (exit ${code})`);
  }
}

function launch(path: string, args: readonly string[], environment: Environment): ChildProcess {
  return spawn(
    process.execPath,
    [
      ...process.execArgv,
      "--disable-warning=ExperimentalWarning",
      `--import=${new URL("./end-with-parent.ts", import.meta.url).href}`,
      path,
      ...args,
    ],
    {
      env: { ...environment },
      // The channel carries nothing: that it closes tells the program that this process is gone.
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    },
  );
}
