// SPDX-License-Identifier: Apache-2.0
/** Mounts and unmounts the tmpfs of one volume with util-linux's programs; nothing else on the node is touched. */

import { readFile } from "node:fs/promises";
import { StrongroomError } from "@strongroom/core";
import { volumeBytes, volumeInodes } from "../limits.ts";
import { mountSource } from "../names.ts";
import type { Access } from "./access.ts";
import { type Mount, readMounts } from "./mount-info.ts";
import { run } from "./run.ts";

/** What a volume needs of the system. */
export interface Tmpfs {
  /** Mounts an empty tmpfs. @throws {StrongroomError} `SwapActive` where its pages could reach a disk. */
  mount(target: string, access: Access): Promise<void>;
  /** Removes every mount of ours at `target`; nothing happens where there is none. */
  unmount(target: string): Promise<void>;
}

/** A tmpfs by the system's own programs. */
export const systemTmpfs: Tmpfs = {
  mount: async (target, access) => {
    // `noswap` came with Linux 6.4. Why mount(8) failed is not told apart: the next attempt fails for any other reason too.
    if (await mounted(target, [...options(access), "noswap"])) {
      return;
    }
    if (await isSwapActive()) {
      throw new StrongroomError("SwapActive", "the kernel lacks noswap and the node has swap on");
    }
    await mountWith(target, options(access));
  },
  unmount: async (target) => {
    while (await topMountIsOurs(target)) {
      // A process that still holds a file open must not keep the volume in place: its files are wiped already.
      await run("umount", ["--no-canonicalize", target]).catch(() =>
        run("umount", ["--no-canonicalize", "--lazy", target]),
      );
    }
  },
};

/** Whether a mount is a volume of this driver. */
export function isOurs(mount: Mount): boolean {
  return mount.type === "tmpfs" && mount.source === mountSource;
}

/** What is mounted at `target`: the topmost of several. */
export async function mountAt(target: string): Promise<Mount | undefined> {
  return (await readMounts()).findLast((mount) => mount.target === target);
}

/** Whether /proc/swaps lists anything below its heading. */
export async function isSwapActive(): Promise<boolean> {
  return (await readFile("/proc/swaps", "utf8")).trim().split("\n").length > 1;
}

function options({ directoryMode, gid }: Access): readonly string[] {
  return [
    `size=${volumeBytes}`,
    `nr_inodes=${volumeInodes}`,
    `mode=${directoryMode.toString(8)}`,
    "uid=0",
    `gid=${gid}`,
    "nosuid",
    "nodev",
    "noexec",
  ];
}

async function topMountIsOurs(target: string): Promise<boolean> {
  const mount = await mountAt(target);
  return mount !== undefined && isOurs(mount);
}

async function mountWith(target: string, list: readonly string[]): Promise<void> {
  const flags = ["--no-mtab", "--no-canonicalize", "--internal-only", "--types", "tmpfs"];
  await run("mount", [...flags, "--options", list.join(","), mountSource, target]);
}

async function mounted(target: string, list: readonly string[]): Promise<boolean> {
  return await mountWith(target, list).then(
    () => true,
    () => false,
  );
}
