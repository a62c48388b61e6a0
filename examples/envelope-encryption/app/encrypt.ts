// SPDX-License-Identifier: Apache-2.0
/**
 * The writer: encrypts files under one fresh data key, which only an attested reader gets to see again. It needs the public half
 * of the vault's key and talks to nobody. Prints what the reader's volume asks for.
 *
 * node encrypt.ts KEY.json FOLDER FILE…
 */

import { basename, join } from "node:path";
import { openInput, writeOutput } from "./files.ts";
import { seal } from "./format/sealed-file.ts";
import { withProgress } from "./progress.ts";
import { makeDataKey, toVolumeAttribute } from "./wrapping-key.ts";

const [keyFile, folder, ...files] = process.argv.slice(2);
if (keyFile === undefined || folder === undefined || files.length === 0) {
  console.error("usage: node encrypt.ts KEY.json FOLDER FILE…");
  process.exit(2);
}
try {
  const dataKey = makeDataKey(keyFile);
  for (const file of files) {
    const { name, stream, length } = openInput(file);
    const plain = withProgress(`encrypting ${name}`, stream, length);
    await writeOutput(join(folder, `${basename(file)}.sealed`), seal(plain, dataKey));
  }
  dataKey.bytes.fill(0);
  console.log(toVolumeAttribute("data-key", dataKey.wrapped));
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  process.exitCode = 1;
}
