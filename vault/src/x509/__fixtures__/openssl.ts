// SPDX-License-Identifier: Apache-2.0
/** The `openssl` program: another implementation that makes and judges what is read and written here. */

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A folder of its own in which `openssl` runs. */
export interface OpensslFolder extends AsyncDisposable {
  /** Runs it; answers what it wrote to both outputs. Throws when it fails. */
  run(...args: readonly string[]): Promise<string>;
  read(file: string): Promise<Uint8Array>;
  write(file: string, content: Uint8Array | string): Promise<void>;
}

/** Makes the folder. */
export async function openssl(): Promise<OpensslFolder> {
  const folder = await mkdtemp(join(tmpdir(), "strongroom-openssl-"));
  return {
    run: async (...args) => {
      const { stdout, stderr } = await promisify(execFile)("openssl", args, { cwd: folder });
      return stdout + stderr;
    },
    read: async (file) => new Uint8Array(await readFile(join(folder, file))),
    write: async (file, content) => await writeFile(join(folder, file), content),
    [Symbol.asyncDispose]: async () => await rm(folder, { recursive: true, force: true }),
  };
}
