// SPDX-License-Identifier: Apache-2.0
/** The command line in this process, which it reads and writes nothing else of: for tests that run it often. */

import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { runCommandLine } from "../program.ts";

/** Runs a command to its end. */
export async function inProcess(...args: readonly string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const context = { environment: {}, stdout, stderr, stdin: Readable.from([]) };
  const said = Promise.all([text(stdout), text(stderr)]);
  const code = await runCommandLine(args, context);
  stdout.end();
  stderr.end();
  const [out, error] = await said;
  return { code, stdout: out, stderr: error };
}
