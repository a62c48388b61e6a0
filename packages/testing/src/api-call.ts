// SPDX-License-Identifier: Apache-2.0
/** A plain HTTPS call of a test to an API server, without any client of ours. */

import { type Agent, request } from "node:https";

/** An answer. */
export interface ApiAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever the API answers
  readonly body: any;
}

/** Where to call, as whom. */
export interface ApiTarget {
  readonly agent: Agent;
  readonly port: number;
  /** User to be instead of the agent's own. */
  readonly user?: string;
}

/** Sends JSON and reads JSON. */
export function callApi(
  { agent, port, user }: ApiTarget,
  method: string,
  path: string,
  body: object | undefined,
): Promise<ApiAnswer> {
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const impersonation = user === undefined ? {} : { "impersonate-user": user };
  const headers = { "content-type": type, ...impersonation };
  return new Promise((resolve, reject) => {
    const outgoing = request({ agent, host: "127.0.0.1", port, method, path, headers });
    outgoing.on("error", reject).on("response", (response) => {
      const chunks: Uint8Array[] = [];
      response.on("data", (chunk: Uint8Array) => chunks.push(chunk)).on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body: parse(Buffer.concat(chunks)) }),
      );
    });
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function parse(bytes: Buffer): unknown {
  const text = bytes.toString("utf8");
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
