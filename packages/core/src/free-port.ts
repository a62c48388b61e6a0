// SPDX-License-Identifier: Apache-2.0
/** TCP ports of the loopback interface for programs that are told where to listen. */

import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { errnoOf } from "./errno.ts";

/**
 * Below where Linux takes the ports of outgoing connections from (32768 to 60999): a port from there may be some client's by the
 * time that the program listens.
 */
const [first, end] = [10_000, 30_000];

/** A port that nobody has, and that no client is given. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(first, end);
    if (await isFree(port)) {
      return port;
    }
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
  } catch (error) {
    if (errnoOf(error) === "EADDRINUSE") {
      return false;
    }
    throw error;
  }
  server.close();
  await once(server, "close");
  return true;
}
