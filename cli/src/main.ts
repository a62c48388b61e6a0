// SPDX-License-Identifier: Apache-2.0
/** Entry point of the command line, `strongroom`. */

import { runCommandLine } from "./program.ts";

process.exitCode = await runCommandLine(process.argv.slice(2), {
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
});
