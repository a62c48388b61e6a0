// SPDX-License-Identifier: Apache-2.0
/** Decides whether a path that kubelet names is one where this driver may mount: below kubelet's pods, by no link. */

import { lstat } from "node:fs/promises";
import { join, normalize } from "node:path";
import { StrongroomError } from "@strongroom/core";

/** What is at a target path. */
export type TargetState = "absent" | "directory" | "orphaned";

/**
 * Checks a target path component by component. `orphaned` means that the directory above it is missing.
 *
 * @throws {StrongroomError} `BadParameter` for a path outside `podsDirectory`, or one that leads through anything but
 *   directories (CVE-2017-1002101, CVE-2021-25741).
 */
export async function checkTarget(podsDirectory: string, target: string): Promise<TargetState> {
  const below = target.startsWith(`${podsDirectory}/`)
    ? target.slice(podsDirectory.length + 1)
    : "";
  if (
    below === "" ||
    below.endsWith("/") ||
    normalize(target) !== target ||
    target.includes("\0")
  ) {
    throw new StrongroomError("BadParameter", "target_path is not a path below kubelet's pods");
  }
  const components = below.split("/");
  let path = podsDirectory;
  for (const [index, component] of components.entries()) {
    path = join(path, component);
    if (!(await isDirectory(path))) {
      return index === components.length - 1 ? "absent" : "orphaned";
    }
  }
  return "directory";
}

async function isDirectory(path: string): Promise<boolean> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") {
      return undefined;
    }
    throw error;
  });
  if (found !== undefined && !found.isDirectory()) {
    throw new StrongroomError("BadParameter", "target_path leads through what is no directory");
  }
  return found !== undefined;
}
