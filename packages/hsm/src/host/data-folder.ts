// SPDX-License-Identifier: Apache-2.0
/** What lies where on the token's volume. */

import { rm } from "node:fs/promises";
import { join } from "node:path";

/** Paths of a token that is files: objects, and what tells the modules where those are. */
export interface TokenFolder {
  /** The token's objects. */
  readonly tokens: string;
  /** SoftHSM's configuration. */
  readonly softHsm: string;
  /** Kryoptic's configuration. */
  readonly kryoptic: string;
}

/** Paths on the token's volume. */
export interface DataFolder {
  readonly root: string;
  /** The token that is served; there, whole, or not at all. */
  readonly token: TokenFolder;
  /** The token that a ceremony works on. */
  readonly next: TokenFolder;
  /** The user's PIN, mode 0400. */
  readonly pin: string;
  /** The security officer's PIN, mode 0400: for ceremonies alone. */
  readonly officerPin: string;
  /** Which PIN file the token refused. */
  readonly refusedPin: string;
  /** One file for each log: its highest head. */
  readonly heads: string;
}

/** The layout below `root`. */
export function dataFolder(root: string): DataFolder {
  return {
    root,
    token: tokenFolder(root, ""),
    next: tokenFolder(root, ".new"),
    pin: join(root, "pin"),
    officerPin: join(root, "pin.officer"),
    refusedPin: join(root, "pin.refused"),
    heads: join(root, "heads"),
  };
}

function tokenFolder(root: string, ending: string): TokenFolder {
  return {
    tokens: join(root, `tokens${ending}`),
    softHsm: join(root, `softhsm2.conf${ending}`),
    kryoptic: join(root, `kryoptic.conf${ending}`),
  };
}

/** Throws away what a ceremony worked on. */
export async function removeNext({ next }: DataFolder): Promise<void> {
  for (const path of [next.tokens, next.softHsm, next.kryoptic]) {
    await rm(path, { recursive: true, force: true });
  }
}
