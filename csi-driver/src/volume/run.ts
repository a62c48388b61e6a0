// SPDX-License-Identifier: Apache-2.0
/** Runs a program of the base system without a shell and with nothing of our environment. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { childTimeout } from "../limits.ts";

const execute = promisify(execFile);
const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };

/** Runs a program to its end; rejects when it fails or takes too long. Its output is of no interest. */
export async function run(program: string, args: readonly string[]): Promise<void> {
  await execute(program, args, { env, timeout: childTimeout, killSignal: "SIGKILL" });
}
