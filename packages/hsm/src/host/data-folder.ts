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
  /** The security domain of the token's keys; absent where it has none. */
  readonly domain: string;
  /** There from a recovery until the vault has had the heads of its logs anchored anew. */
  readonly recovered: string;
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
  /** The private half of the key that custodians encrypt shares to, while one is needed; PEM, mode 0400. */
  readonly exchangeKey: string;
  /** Says that the next token is whole and takes the place of the served one. */
  readonly handover: string;
  /** The token that was served before, for a moment. */
  readonly previousTokens: string;
  /** One file for each log: its highest head. */
  readonly heads: string;
  /** The last rollback that was accepted, and how far it has come. */
  readonly rollback: string;
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
    exchangeKey: join(root, "exchange.pem"),
    handover: join(root, "handover"),
    previousTokens: join(root, "tokens.old"),
    heads: join(root, "heads"),
    rollback: join(root, "rollback.json"),
  };
}

function tokenFolder(root: string, ending: string): TokenFolder {
  return {
    tokens: join(root, `tokens${ending}`),
    softHsm: join(root, `softhsm2.conf${ending}`),
    kryoptic: join(root, `kryoptic.conf${ending}`),
    domain: join(root, `domain${ending}`),
    recovered: join(root, `recovered${ending}`),
  };
}

/** Throws away what a ceremony worked on. */
export async function removeNext({ next }: DataFolder): Promise<void> {
  for (const path of [next.tokens, next.softHsm, next.kryoptic, next.domain, next.recovered]) {
    await rm(path, { recursive: true, force: true });
  }
}
