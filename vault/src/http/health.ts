// SPDX-License-Identifier: Apache-2.0
/** Probes and metrics over plain HTTP: alive is that the process answers; ready is that it can serve. */

import { createServer, type Server, type ServerResponse } from "node:http";
import type { Metrics } from "../metrics.ts";

/** What is told. */
export interface HealthDeps {
  readonly registry: Metrics["registry"];
  /** May ask the HSM and must not take long. */
  readonly isReady: () => Promise<boolean>;
}

/** Starts the server. */
export function createHealthServer({ registry, isReady }: HealthDeps): Server {
  return createServer((request, response) => {
    const answer = (ok: boolean) => {
      response
        .writeHead(ok ? 200 : 503, { "content-type": "text/plain" })
        .end(ok ? "ok\n" : "not ready\n");
    };
    if (request.method !== "GET") {
      response.writeHead(405).end();
    } else if (request.url === "/healthz") {
      answer(true);
    } else if (request.url === "/readyz") {
      isReady().then(answer, () => answer(false));
    } else if (request.url === "/metrics") {
      sendMetrics(registry, response).catch(() => response.destroy());
    } else {
      response.writeHead(404).end();
    }
  });
}

async function sendMetrics(registry: HealthDeps["registry"], response: ServerResponse) {
  const text = await registry.metrics();
  response.writeHead(200, { "content-type": registry.contentType }).end(text);
}
