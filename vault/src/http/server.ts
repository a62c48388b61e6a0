// SPDX-License-Identifier: Apache-2.0
/** The HTTPS server: one for all vaults, which picks certificate and vault by the host that the client names. */

import type { SecureContext } from "node:tls";
import type { Log } from "@strongroom/core";
import { StrongroomError } from "@strongroom/core";
import fastify, { type FastifyInstance } from "fastify";
import type { ServerCertificates } from "../installation/server-certificates.ts";
import type { ReleaseDeps } from "../release/release.ts";
import { type AttestationRouteDeps, registerAttestationRoutes } from "./attestation-routes.ts";
import type { CertificateRouteDeps } from "./certificate-call.ts";
import { registerCertificateRoutes } from "./certificate-routes.ts";
import { createErrorHandler, errorBody } from "./errors.ts";
import { registerIssuerRoutes } from "./issuer-routes.ts";
import { registerJsonBody } from "./json-body.ts";
import type { KeyRouteDeps } from "./key-call.ts";
import { registerKeyRoutes } from "./key-routes.ts";
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
import type { ManageRouteDeps } from "./manage-call.ts";
import { registerManageRoutes } from "./manage-routes.ts";
import { registerReleaseRoutes } from "./release-routes.ts";
import { authenticateFirst } from "./request-context.ts";
import { registerRoleRoutes } from "./role-routes.ts";
import { registerSecretRoutes, type SecretRouteDeps } from "./secret-routes.ts";
import { tunnelVerb } from "./tunnel-verb.ts";

/** What the server works with. */
export type ServerDeps = AttestationRouteDeps &
  ManageRouteDeps &
  SecretRouteDeps &
  KeyRouteDeps &
  CertificateRouteDeps &
  ReleaseDeps & {
    readonly certificates: ServerCertificates;
    readonly log: Log;
    readonly minTlsVersion: "1.2" | "1.3";
  };

/** The server with all its routes; the caller listens and closes. */
export function createServer(deps: ServerDeps): FastifyInstance {
  const app = fastify({
    https: {
      SNICallback: sniCallback(deps),
      minVersion: `TLSv${deps.minTlsVersion}`,
      ciphers: cipherSuites,
      handshakeTimeout,
      headersTimeout,
      connectionsCheckingInterval: timeoutCheckInterval,
    },
    bodyLimit,
    requestTimeout,
    keepAliveTimeout,
    logger: false,
    forceCloseConnections: "idle",
    rewriteUrl: tunnelVerb,
    routerOptions: {
      ignoreTrailingSlash: true,
      // Clients write the scope `/` as a slash of its own: `///providers/Microsoft.Authorization/…`.
      ignoreDuplicateSlashes: true,
      caseSensitive: false,
      maxParamLength: 256,
    },
  });
  app.server.maxConnections = maxConnections;
  authenticateFirst(app as unknown as FastifyInstance, deps);
  registerJsonBody(app as unknown as FastifyInstance);
  app.setErrorHandler(createErrorHandler(deps, deps.log));
  app.setNotFoundHandler((_request, reply) =>
    reply
      .status(404)
      .send(errorBody(404, new StrongroomError("NotFound", "there is no such route"))),
  );
  app.addHook("onSend", async (_request, reply) => {
    reply.header("cache-control", "no-store");
    reply.header("strict-transport-security", "max-age=31536000");
  });
  const instance = app as unknown as FastifyInstance;
  registerAttestationRoutes(instance, deps);
  registerManageRoutes(instance, deps);
  registerSecretRoutes(instance, deps);
  registerKeyRoutes(instance, deps);
  registerIssuerRoutes(instance, deps);
  registerCertificateRoutes(instance, deps);
  registerReleaseRoutes(instance, deps);
  registerRoleRoutes(instance, deps);
  return instance;
}

// A host that is not served gets no certificate: the handshake ends there.
function sniCallback({ certificates, log }: ServerDeps) {
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
