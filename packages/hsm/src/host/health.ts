// SPDX-License-Identifier: Apache-2.0
/** Health over plain HTTP: alive while the process is, ready while the token is open. */

import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { StrongroomError } from "@strongroom/core";

/** A running health endpoint. */
export interface HealthServer extends AsyncDisposable {
  readonly port: number;
}

/**
 * Serves /healthz and /readyz on `port` of all addresses.
 *
 * A token that refuses its PIN is not ready but healthy: a restart would only try the PIN again.
 *
 * @param failure Why the token is not open, or `undefined` if it is.
 */
export async function serveHealth(
  port: number,
  failure: () => StrongroomError | undefined,
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    if (request.url === "/healthz") {
      reply(response, 200, "ok");
    } else if (request.url === "/readyz") {
      const reason = failure();
      reply(response, reason === undefined ? 200 : 503, reason?.code ?? "ok");
    } else {
      reply(response, 404, "not found");
    }
  });
  server.listen(port);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function reply(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain" }).end(`${text}\n`);
}
