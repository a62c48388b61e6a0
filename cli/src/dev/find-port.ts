// SPDX-License-Identifier: Apache-2.0
/** The port of a development vault: checked before anything is made, so that the error is about the port. */

import { once } from "node:events";
import { createServer } from "node:net";
import { errnoOf, freePort } from "@strongroom/core";
import { CommandError } from "../terminal.ts";

/**
 * The port itself, or a free one for 0.
 *
 * @throws {CommandError} `AddressConflict` if somebody listens there, `BadParameter` if this user may not
 */
export async function findPort(port: number): Promise<number> {
  if (port === 0) {
    return await freePort();
  }
  const server = createServer();
  try {
    server.listen({ host: "127.0.0.1", port, exclusive: true });
    await once(server, "listening");
    return port;
  } catch (error) {
    throw explain(error, port);
  } finally {
    server.close();
  }
}

function explain(error: unknown, port: number): unknown {
  switch (errnoOf(error)) {
    case "EADDRINUSE":
      return new CommandError(
        "AddressConflict",
        `port ${port} of localhost is in use`,
        "choose another one with --port; --port 0 takes a free one",
      );
    case "EACCES":
      return new CommandError(
        "BadParameter",
        `port ${port} may not be used by this user`,
        "choose one above 1023 with --port",
      );
    default:
      return error;
  }
}
