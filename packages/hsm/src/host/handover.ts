// SPDX-License-Identifier: Apache-2.0
/**
 * A ceremony's token takes the place of the served one.
 *
 * Two folders cannot be exchanged in one step, so the decision is a file, and the steps behind it are repeated until they
 * are all done: at the end of the ceremony, or at the next start.
 */

import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { syncPath, writeDurably } from "@strongroom/core";
import { type DataFolder, removeNext } from "./data-folder.ts";

/** Decides: from now on the next token is the token, whatever happens. */
export async function decideHandover(folder: DataFolder): Promise<void> {
  await writeDurably(folder.handover, "", 0o600);
}

/** Does what was decided, if anything was; the token must not be open. */
export async function completeHandover(folder: DataFolder): Promise<void> {
  if (!existsSync(folder.handover)) {
    return;
  }
  const { token, next, previousTokens, exchangeKey } = folder;
  if (existsSync(next.tokens)) {
    if (existsSync(token.tokens)) {
      await rm(previousTokens, { recursive: true, force: true });
      await rename(token.tokens, previousTokens);
    }
    await rename(next.tokens, token.tokens);
  }
  for (const name of ["domain", "recovered"] as const) {
    if (existsSync(next[name])) {
      await rename(next[name], token[name]);
    }
  }
  await rm(previousTokens, { recursive: true, force: true });
  await rm(exchangeKey, { force: true });
  await removeNext(folder);
  await syncPath(folder.root);
  await rm(folder.handover);
  await syncPath(folder.root);
}
