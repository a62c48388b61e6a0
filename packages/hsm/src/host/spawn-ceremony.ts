// SPDX-License-Identifier: Apache-2.0
/** Starts this program again for one ceremony: the request goes in by standard input, a failure comes out in one line. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { SpawnCeremony } from "./ceremony-runner.ts";

/** Longest ceremony in milliseconds: a few seconds, if the machine is busy. */
const timeout = 120_000;

/** Runs `program ceremony` with the host's own settings. */
export function createSpawnCeremony(program: string): SpawnCeremony {
  return async (request) => {
    const child = spawn(process.execPath, [...process.execArgv, program, "ceremony"], {
      stdio: ["pipe", "pipe", "inherit"],
      timeout,
      killSignal: "SIGKILL",
    });
    const ended = once(child, "close");
    // A process that ended before it read says why by its exit code.
    child.stdin.on("error", () => undefined);
    // It stays open: its end would tell the process that this one is gone.
    child.stdin.write(`${request}\n`);
    const output = await text(child.stdout);
    const [code] = (await ended) as [number | null];
    return { code: code ?? -1, output };
  };
}
