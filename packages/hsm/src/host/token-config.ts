// SPDX-License-Identifier: Apache-2.0
/** Tells the modules of file tokens where their files are; a module that is none of them does not look. */

import { join } from "node:path";
import { writeDurably } from "@strongroom/core";
import type { TokenFolder } from "./data-folder.ts";

/** Variables that modules read when they are initialised. */
export interface TokenEnvironment {
  readonly SOFTHSM2_CONF: string;
  readonly KRYOPTIC_CONF: string;
}

/** The variables for a token. */
export function tokenEnvironment(token: TokenFolder): TokenEnvironment {
  return { SOFTHSM2_CONF: token.softHsm, KRYOPTIC_CONF: token.kryoptic };
}

/** Writes the files that the variables name. */
export async function writeTokenConfig(token: TokenFolder): Promise<void> {
  await writeDurably(token.softHsm, softHsm(token.tokens), 0o400);
  await writeDurably(token.kryoptic, kryoptic(token.tokens), 0o400);
}

// slots.removable: a token of a folder is never pulled out. Its log goes to syslog, which a container has not.
function softHsm(tokens: string): string {
  return `directories.tokendir = ${tokens}
objectstore.backend = file
objectstore.umask = 0077
log.level = ERROR
slots.removable = false
`;
}

function kryoptic(tokens: string): string {
  return `[[slots]]
slot = 1
dbtype = "sqlite"
dbargs = ${JSON.stringify(join(tokens, "kryoptic.sql"))}
`;
}
