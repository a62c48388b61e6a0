// SPDX-License-Identifier: Apache-2.0
/**
 * The HSM host: `main.ts init` makes the token, `main.ts serve` hosts it.
 *
 * The process holds the PIN and, for instants, data keys. It is to be run with `--disable-sigusr1` (no inspector on a
 * signal), without NODE_OPTIONS, on a node without swap, and with a core size limit of 0 (`ulimit -c 0`, or the
 * container runtime's default), which Node cannot set for itself. `--max-semi-space-size=1` keeps it small.
 */

import { fileURLToPath } from "node:url";
import { loadModule } from "../token/pkcs11.ts";
import { readCeremonyInput } from "./ceremony-input.ts";
import { runHost } from "./run.ts";
import { createSpawnCeremony } from "./spawn-ceremony.ts";

const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => stop.abort());
}

const exitCode = await runHost({
  command: process.argv[2] ?? "serve",
  environment: process.env,
  setTokenEnvironment: (variables) => void Object.assign(process.env, variables),
  signal: stop.signal,
  load: loadModule,
  spawnCeremony: createSpawnCeremony(fileURLToPath(import.meta.url)),
  input: () => readCeremonyInput(process.stdin, () => process.exit(75)),
  output: (line) => void process.stdout.write(line),
});

// A ceremony's input is still open, and would keep the process.
process.exit(exitCode);
