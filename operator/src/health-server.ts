// SPDX-License-Identifier: Apache-2.0
/** Answers the probes: alive whenever it answers, ready once the operator stands for election. */

import { createServer, type Server } from "node:http";

/** Starts listening on all addresses; port 0 takes a free one. */
export async function startHealthServer(port: number, isReady: () => boolean): Promise<Server> {
  const server = createServer((request, response) => {
    response.statusCode = statusOf(request.url, isReady());
    response.end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, resolve);
  });
  return server;
}

function statusOf(url: string | undefined, isReady: boolean): number {
  switch (url) {
    case "/healthz":
      return 200;
    case "/readyz":
      return isReady ? 200 : 503;
    default:
      return 404;
  }
}
