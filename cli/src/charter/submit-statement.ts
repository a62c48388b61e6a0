// SPDX-License-Identifier: Apache-2.0
/** Hands in what signers signed: the vault decides by the signatures, and not by who brings it. */

import { charterType } from "@strongroom/api";
import { createVaultClient } from "@strongroom/client";
import type { CommandContext } from "../command-context.ts";
import { type ConnectionOptions, readConnection } from "../connection.ts";
import { say } from "../terminal.ts";
import { readStatementFile } from "./statement-file.ts";

/** Sends a file. @throws {StrongroomError} `CharterRefused`, or `NotFound` for a vault without a charter */
export async function submitStatement(
  context: CommandContext,
  file: string,
  options: ConnectionOptions,
): Promise<void> {
  const { statement, typ } = await readStatementFile(file);
  using client = createVaultClient(await readConnection(options));
  if (typ === charterType) {
    const { vault, serial, isNew } = await client.charter.putCharter(statement);
    say(context, `vault ${vault} ${isNew ? "has" : "had"} charter ${serial}`);
    return;
  }
  const { vault, action, object, expires } = await client.charter.putOrder(statement);
  const until = new Date(expires * 1_000).toISOString();
  say(
    context,
    action === "ungovern"
      ? `${object} of vault ${vault} is let go`
      : `vault ${vault} has the order to ${action} ${object}, until ${until}`,
  );
}
