// SPDX-License-Identifier: Apache-2.0
/** A helper in the place of `tee-device` whose devices a test answers for: a program that passes on what it is asked. */

import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Answers one call: the helper's arguments, and what stood on its standard input. */
export type AnswerCall = (args: readonly string[], request: Uint8Array) => Uint8Array;

/** The helper. */
export interface FakeTeeDevice extends AsyncDisposable {
  /** Absolute path of the program. */
  readonly helper: string;
}

/** Makes the program; it answers while it is not disposed of. */
export async function makeFakeTeeDevice(answer: AnswerCall): Promise<FakeTeeDevice> {
  const folder = await mkdtemp(join(tmpdir(), "tee-"));
  const [helper, socket] = [join(folder, "tee-device"), join(folder, "s")];
  const server = createServer({ allowHalfOpen: true }, (connection) => {
    const chunks: Uint8Array[] = [];
    connection.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    connection.once("end", () => {
      const asked = new Uint8Array(Buffer.concat(chunks));
      const line = asked.indexOf(0x0a);
      const args = JSON.parse(Buffer.from(asked.subarray(0, line)).toString("utf8"));
      connection.end(answer(args, asked.slice(line + 1)));
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  await writeFile(helper, program(socket));
  await chmod(helper, 0o755);
  return {
    helper,
    [Symbol.asyncDispose]: async () => {
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

// The helper is started without an environment, so that its interpreter is named whole.
function program(socket: string): string {
  return `#!${process.execPath}
const { connect } = require("node:net");
const connection = connect(${JSON.stringify(socket)});
connection.write(JSON.stringify(process.argv.slice(2)) + "\\n");
process.stdin.pipe(connection);
connection.pipe(process.stdout);
`;
}
