// SPDX-License-Identifier: Apache-2.0
/** One development vault for a folder at a time. The lock is the kernel's and goes with the process, however that ends. */

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CommandError } from "../terminal.ts";

/** Locks the folder until disposed of. @throws {CommandError} `Conflict` if another process has it */
export function lockFolder(root: string): Disposable {
  const database = new DatabaseSync(join(root, "lock"), { timeout: 0 });
  try {
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch {
    database.close();
    throw new CommandError(
      "Conflict",
      `another vault runs in ${root}`,
      "stop it, or choose another folder with --dir",
    );
  }
  return { [Symbol.dispose]: () => database.close() };
}
