// SPDX-License-Identifier: Apache-2.0
/** Runs a program of the base system without a shell and with nothing of our environment. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { StrongroomError } from "@strongroom/core";
import { childTimeout } from "../limits.ts";

const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };

/** Runs a program to its end. @throws {StrongroomError} `Internal` when it fails, cannot start or takes too long. */
export async function run(program: string, args: readonly string[]): Promise<void> {
  // No pipes: what it prints may quote paths, and every pipe costs time that all publishes share.
  const child = spawn(program, args, {
    env,
    stdio: "ignore",
    timeout: childTimeout,
    killSignal: "SIGKILL",
  });
  const [status] = await once(child, "exit");
  if (status !== 0) {
    throw new StrongroomError("Internal", `${program} failed with status ${status}`);
  }
}
