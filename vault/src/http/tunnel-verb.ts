// SPDX-License-Identifier: Apache-2.0
/** Key Vault's verb tunnelling: POST with `X-HTTP-METHOD`, for clients that can send neither PATCH, PUT nor DELETE. */

import type { IncomingMessage } from "node:http";

const tunnelled: ReadonlySet<string> = new Set(["DELETE", "PATCH", "PUT"]);

/** Called before routing with the request as it came: gives it the method that it asks for. */
export function tunnelVerb(request: IncomingMessage): void {
  const asked = request.headers["x-http-method"];
  if (request.method === "POST" && typeof asked === "string") {
    const method = asked.toUpperCase();
    // Another method stays a POST, for which there is no such route.
    request.method = tunnelled.has(method) ? method : request.method;
  }
}
