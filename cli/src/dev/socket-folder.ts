// SPDX-License-Identifier: Apache-2.0
/** Where the HSM host's socket is: in the vault's folder, unless that has a path too long for a socket. */

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Bytes of a socket's path without what the host adds; `sun_path` has 108, macOS 104 (unix(7)). */
const longestPath = 85;

/** A folder for the socket; a temporary one is removed when disposed of. */
export interface DevSocketFolder extends AsyncDisposable {
  readonly path: string;
}

/** Makes the folder, 0700. */
export async function makeSocketFolder(preferred: string): Promise<DevSocketFolder> {
  if (Buffer.byteLength(preferred) <= longestPath) {
    await mkdir(preferred, { recursive: true, mode: 0o700 });
    return { path: preferred, [Symbol.asyncDispose]: async () => undefined };
  }
  const parent = await mkdtemp(join(tmpdir(), "strongroom-"));
  return {
    path: join(parent, "run"),
    [Symbol.asyncDispose]: async () => await rm(parent, { recursive: true, force: true }),
  };
}
