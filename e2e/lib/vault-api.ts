// SPDX-License-Identifier: Apache-2.0
/** The vault's plain API as a client inside the cluster sees it: dialled by address, named and verified by host. */

import { Agent, request } from "node:https";

/** Where and as whom to call. */
export interface VaultAccess {
  readonly address: string;
  readonly host: string;
  readonly ca: string;
  readonly token: string;
}

/** An answer; the body is parsed JSON. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const timeoutMs = 5_000;

/** Makes calls over one kept-alive connection; whatever goes wrong rejects. */
export function createVaultApi(access: VaultAccess) {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  return (method: "GET" | "PUT", path: string, content?: object): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const call = request(
        {
          agent,
          method,
          host: access.address,
          servername: access.host,
          path: `${path}${path.includes("?") ? "&" : "?"}api-version=7.5`,
          ca: access.ca,
          headers: {
            host: access.host,
            authorization: `Bearer ${access.token}`,
            "content-type": "application/json",
          },
          timeout: timeoutMs,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            try {
              const text = Buffer.concat(chunks).toString();
              resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
            } catch (error) {
              reject(error);
            }
          });
        },
      );
      call.on("timeout", () => call.destroy(new Error("timeout")));
      call.on("error", reject);
      call.end(content === undefined ? undefined : JSON.stringify(content));
    });
}
