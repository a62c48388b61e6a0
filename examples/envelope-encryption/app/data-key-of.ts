// SPDX-License-Identifier: Apache-2.0
/**
 * Says of a sealed file what a reader's volume has to ask for: its header has the wrapped data key.
 *
 * node data-key-of.ts SEALED
 */

import { openInput } from "./files.ts";
import { byteSource } from "./format/byte-source.ts";
import { readHeader } from "./format/header.ts";
import { toVolumeAttribute } from "./wrapping-key.ts";

try {
  const { stream } = openInput(process.argv[2] ?? "-");
  const { wrapped } = await readHeader(byteSource(stream));
  console.log(toVolumeAttribute("data-key", wrapped));
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  process.exitCode = 1;
}
process.exit();
