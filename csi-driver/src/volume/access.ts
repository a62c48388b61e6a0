// SPDX-License-Identifier: Apache-2.0
/** Who may read a volume: modes and group of its directories and files. */

/** Modes and owner of everything in one volume; the user is always root. */
export interface Access {
  readonly gid: number;
  readonly directoryMode: number;
  readonly fileMode: number;
}

/** Everyone in the pod without a mount group; with one, root and that group alone. */
export function accessFor(mountGroup: number | undefined): Access {
  return mountGroup === undefined
    ? { gid: 0, directoryMode: 0o755, fileMode: 0o444 }
    : { gid: mountGroup, directoryMode: 0o2750, fileMode: 0o440 };
}
