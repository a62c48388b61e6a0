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

/** Ports that one process takes from, so that two processes are not told of the same one before either listens on it. */
const slot = 100;

const given = new Set<number>();

/** A port that nobody has, that no client is given, and that this process was not told of before. */
export async function freePort(): Promise<number> {
  const own = first + slot * (process.pid % ((end - first) / slot));
  for (let tries = 0; ; tries += 1) {
    const port = tries < slot ? own + randomInt(slot) : randomInt(first, end);
    if (given.has(port)) {
      continue;
    }
    given.add(port);
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
