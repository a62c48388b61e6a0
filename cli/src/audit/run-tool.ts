// SPDX-License-Identifier: Apache-2.0
/** Runs the vault's own auditing program in a process of its own: the command line holds none of its code. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { CommandContext } from "../command-context.ts";
import { programPath } from "../dev/programs.ts";
import { CommandError } from "../terminal.ts";

/**
 * Runs it to its end. `attend` is given the process before it says anything.
 *
 * @throws {CommandError} `StoreTampered` where something was found, `BadParameter` where there was nothing to look at
 */
export async function runTool(
  { stdout, stderr }: CommandContext,
  args: readonly string[],
  attend: (child: ChildProcess) => void = () => undefined,
): Promise<void> {
  const path = programPath("@strongroom/vault/audit");
  const child = spawn(process.execPath, [...process.execArgv, path, ...args], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  attend(child);
  child.stdout?.pipe(stdout, { end: false });
  child.stderr?.pipe(stderr, { end: false });
  const [code] = (await once(child, "close")) as [number | null];
  if (code === 1) {
    throw new CommandError("StoreTampered", "the audit log does not verify");
  }
  if (code !== 0) {
    throw new CommandError("BadParameter", "the audit log could not be looked at");
  }
}
