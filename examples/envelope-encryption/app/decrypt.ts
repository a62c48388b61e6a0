// SPDX-License-Identifier: Apache-2.0
/**
 * The reader: decrypts a file by the data key that the node plugin put into the pod. `-` is standard input or output. Ends with
 * 1, and without the file, unless all of it is there and unchanged; standard output then has a beginning that must not be used.
 *
 * node decrypt.ts DATA-KEY SEALED PLAIN
 */

import { readFileSync } from "node:fs";
import { openInput, writeOutput } from "./files.ts";
import { open } from "./format/sealed-file.ts";
import { withProgress } from "./progress.ts";

const [keyFile, sealed, plain] = process.argv.slice(2);
if (keyFile === undefined || sealed === undefined || plain === undefined) {
  console.error("usage: node decrypt.ts DATA-KEY SEALED PLAIN");
  process.exit(2);
}
try {
  const dataKey = readFileSync(keyFile);
  const { name, stream, length } = openInput(sealed);
  const counted = withProgress(`decrypting ${name}`, stream, length);
  await writeOutput(plain, open(counted, dataKey));
  dataKey.fill(0);
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  process.exitCode = 1;
}
