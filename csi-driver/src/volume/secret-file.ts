// SPDX-License-Identifier: Apache-2.0
/** What one file of a volume holds. */

import type { SecretBytes } from "@strongroom/core";
import { pageBytes } from "../limits.ts";

/** A file's name, which is a secret's, and its content. */
export interface SecretFile {
  readonly name: string;
  readonly content: SecretBytes;
}

/** Bytes that files take on a tmpfs: whole pages. */
export function bytesOf(files: readonly SecretFile[]): number {
  return files.reduce(
    (sum, file) => sum + Math.ceil(file.content.length / pageBytes) * pageBytes,
    0,
  );
}

/** Overwrites the content of all files. */
export function wipeFiles(files: readonly SecretFile[]): void {
  for (const file of files) {
    file.content[Symbol.dispose]();
  }
}
