// SPDX-License-Identifier: Apache-2.0
/** What a request shows of its client, for the audit log. */

import type { TLSSocket } from "node:tls";
import type { Clock } from "@strongroom/core";
import type { FastifyRequest } from "fastify";
import type { ClientContext } from "../audit/event.ts";

/** Characters of a client's description of itself. */
const maxInfo = 256;
const unprintable = /[^ -~]/g;

/** The client of a request that was placed at `at`. */
export function clientOf(
  request: FastifyRequest,
  clock: Pick<Clock, "now">,
  at: Date,
): ClientContext {
  const version = (request.query as { readonly "api-version"?: unknown } | null)?.["api-version"];
  return {
    info: (request.headers["user-agent"] ?? "").slice(0, maxInfo).replace(unprintable, "?"),
    tlsVersion: (request.raw.socket as TLSSocket).getProtocol() ?? "",
    apiVersion: typeof version === "string" ? version.slice(0, 32) : undefined,
    elapsedMs: () => Math.max(0, clock.now().getTime() - at.getTime()),
  };
}
