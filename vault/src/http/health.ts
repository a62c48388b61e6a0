// SPDX-License-Identifier: Apache-2.0
/** Probes over plain HTTP: alive is that the process answers; ready is that it can serve. Nothing else is told. */

import { createServer, type Server } from "node:http";

/** Starts the probes' server; `isReady` may ask the HSM and must not take long. */
export function createHealthServer(isReady: () => Promise<boolean>): Server {
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
    } else {
      response.writeHead(404).end();
    }
  });
}
