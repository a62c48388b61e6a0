// SPDX-License-Identifier: Apache-2.0
/** The kernel's table of mounts: layout and parsing. Linux Documentation/filesystems/proc.rst, section 3.5. */

import { readFile } from "node:fs/promises";

/** One line of /proc/self/mountinfo, as far as it matters here. */
export interface Mount {
  readonly target: string;
  readonly type: string;
  readonly source: string;
}

/** Mounts of this process's namespace, oldest first. */
export async function readMounts(): Promise<readonly Mount[]> {
  return parseMounts(await readFile("/proc/self/mountinfo", "utf8"));
}

/** Parses the table; a line that is not of the known layout is left out. */
export function parseMounts(text: string): readonly Mount[] {
  return text.split("\n").flatMap((line) => {
    // Optional fields between the sixth field and the separator vary in number.
    const [before, after] = line.split(" - ");
    const target = before?.split(" ")[4];
    const [type, source] = after?.split(" ") ?? [];
    if (target === undefined || type === undefined || source === undefined) {
      return [];
    }
    return [{ target: unescapeOctal(target), type, source: unescapeOctal(source) }];
  });
}

// Space, tab, newline and backslash are written as three octal digits.
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
