// SPDX-License-Identifier: Apache-2.0
/** One attempt to reach the host. */

import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { StrongroomError } from "@strongroom/core";
import { ClientConnection } from "./client-connection.ts";

/**
 * Connects and shows the start-up secret, which is read anew: the host makes another one each time it starts.
 *
 * @throws {StrongroomError} `HsmUnavailable` if there is no host, or it does not welcome us.
 */
export async function dial(directory: string, timeoutMs: number): Promise<ClientConnection> {
  let connection: ClientConnection | undefined;
  try {
    const secret = await readFile(join(directory, "secret"), "utf8");
    connection = new ClientConnection(connect(join(directory, "hsm.sock")), timeoutMs);
    await connection.greet(secret);
    return connection;
  } catch (cause) {
    connection?.close();
    throw new StrongroomError("HsmUnavailable", "the HSM host cannot be reached", { cause });
  }
}
