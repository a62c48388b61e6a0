// SPDX-License-Identifier: Apache-2.0
/** An HTTPS server without routes: certificates by the host that the client names, bodies, limits and errors. */

import type { SecureContext } from "node:tls";
import { errorTable, type Log, type StrongroomError } from "@strongroom/core";
import fastify, { type FastifyInstance } from "fastify";
import type { ServerCertificates } from "../installation/server-certificates.ts";
import { createErrorHandler, errorBody } from "./errors.ts";
import { registerJsonBody } from "./json-body.ts";
import {
  bodyLimit,
  cipherSuites,
  handshakeTimeout,
  headersTimeout,
  keepAliveTimeout,
  maxConnections,
  requestTimeout,
  timeoutCheckInterval,
} from "./limits.ts";
import { authenticateFirst, nameRequests, type RequestDeps } from "./request-context.ts";
import { pathOfTarget } from "./request-target.ts";
import { serveUnnamed } from "./serve-unnamed.ts";
import { tunnelVerb } from "./tunnel-verb.ts";

/** What every server works with. */
export interface AppDeps extends RequestDeps {
  readonly certificates: ServerCertificates;
  readonly log: Log;
  readonly minTlsVersion: "1.2" | "1.3";
  /** Host that is meant by clients that name none in TLS; without, they are refused. */
  readonly unnamedHost?: string | undefined;
  /** What is answered where there is no route. */
  readonly elsewhere: StrongroomError;
}

/** The server; the caller adds routes, listens and closes. */
export function createApp(deps: AppDeps): FastifyInstance {
  const tls = { minVersion: `TLSv${deps.minTlsVersion}`, ciphers: cipherSuites } as const;
  const app = fastify({
    https: {
      ...tls,
      SNICallback: sniCallback(deps),
      // What is sent twice is read as both: of two hosts neither is taken.
      joinDuplicateHeaders: true,
      handshakeTimeout,
      headersTimeout,
      connectionsCheckingInterval: timeoutCheckInterval,
    },
    bodyLimit,
    requestTimeout,
    keepAliveTimeout,
    logger: false,
    forceCloseConnections: "idle",
    rewriteUrl: (request) => {
      tunnelVerb(request);
      return pathOfTarget(request);
    },
    routerOptions: {
      ignoreTrailingSlash: true,
      // Clients write the scope `/` as a slash of its own: `///providers/Microsoft.Authorization/…`.
      ignoreDuplicateSlashes: true,
      caseSensitive: false,
      maxParamLength: 256,
    },
  });
  app.server.maxConnections = maxConnections;
  const { unnamedHost } = deps;
  if (unnamedHost !== undefined) {
    const { server } = app;
    app.addHook("onReady", () => serveUnnamed({ ...deps, server, tls }, unnamedHost));
  }
  app.addHook("onRequest", (_request, reply, done) => {
    reply.header("cache-control", "no-store");
    reply.header("strict-transport-security", "max-age=31536000");
    done();
  });
  nameRequests(app as unknown as FastifyInstance);
  authenticateFirst(app as unknown as FastifyInstance, deps);
  registerJsonBody(app as unknown as FastifyInstance);
  app.setErrorHandler(createErrorHandler(deps, deps.log));
  app.setNotFoundHandler((_request, reply) => {
    const { http } = errorTable[deps.elsewhere.code];
    return reply.status(http).send(errorBody(http, deps.elsewhere));
  });
  return app as unknown as FastifyInstance;
}

// A host that is not served gets no certificate: the handshake ends there.
function sniCallback({ certificates, log }: AppDeps) {
  return (host: string, done: (error: Error | null, context?: SecureContext) => void): void => {
    certificates.contextFor(host.toLowerCase()).then(
      (context) =>
        context === undefined ? done(new Error("host is not served")) : done(null, context),
      (error: unknown) => {
        log.failure("no certificate for a host", error);
        done(new Error("no certificate"));
      },
    );
  };
}
