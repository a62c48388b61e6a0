// SPDX-License-Identifier: Apache-2.0
/** Answers kubelet's probes and Prometheus over plain HTTP; tells nothing about pods or secrets. */

import { createServer, type Server, type ServerResponse } from "node:http";
import type { Registry } from "prom-client";

/** What is reported. */
export interface HealthDeps {
  readonly registry: Registry;
  /** Whether kubelet can use the driver. */
  readonly isReady: () => boolean;
}

/** Listens on a TCP port of all addresses; 0 takes a free one. */
export async function serveHealth(deps: HealthDeps, port: number): Promise<Server> {
  const server = createServer({ requestTimeout: 5_000 }, (request, response) => {
    answer(deps, request.url ?? "", response).catch(() => response.destroy());
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, resolve);
  await promise;
  return server;
}

async function answer(deps: HealthDeps, url: string, response: ServerResponse): Promise<void> {
  switch (url) {
    case "/healthz":
      response.writeHead(200).end("ok\n");
      return;
    case "/readyz": {
      const ready = deps.isReady();
      response.writeHead(ready ? 200 : 503).end(ready ? "ok\n" : "not registered\n");
      return;
    }
    case "/metrics":
      response.writeHead(200, { "content-type": deps.registry.contentType });
      response.end(await deps.registry.metrics());
      return;
    default:
      response.writeHead(404).end();
  }
}
