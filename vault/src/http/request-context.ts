// SPDX-License-Identifier: Apache-2.0
/** What every route learns about its request: host, vault, caller; and the checks that come before all others. */

import { randomUUID } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { type Clock, StrongroomError } from "@strongroom/core";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { RequestContext } from "../audit/event.ts";
import type { Authenticate, Caller } from "../identity/caller.ts";
import type { VaultDirectory } from "../vaults/vault-directory.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { clientOf } from "./client-context.ts";
import type { RateLimiter } from "./rate-limit.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** `public` routes take requests of anybody; without, a request must have a good token. */
    readonly access?: "public";
  }

  interface FastifyRequest {
    /** Of a request that was authenticated. */
    callContext: RequestContext | null;
    /** What the audit log and the answer call the request. */
    correlationId: string;
  }
}

/** What routes need to place a request. */
export interface RequestDeps {
  readonly clock: Clock;
  readonly authenticate: Authenticate;
  readonly directory: VaultDirectory;
  readonly installationHosts: readonly string[];
  readonly issuer: string;
  /** Whether the address that a request comes from is the client's own, and not that of a proxy or a node. */
  readonly preservesClientAddress: boolean;
  readonly rateLimiter: RateLimiter;
}

/** A request on a vault's host. */
export interface VaultRequest {
  readonly context: RequestContext;
  readonly vault: Vault;
  /** `https://HOST[:PORT]` as the caller addressed the vault. */
  readonly origin: string;
}

const bearer = /^Bearer ([\w.~+/-]+=*)$/i;
const correlationIdPattern = /^[\w-]{1,64}$/;

/**
 * Has every request authenticated before anything of its body is read, but of routes whose configuration says that they
 * are public. Whoever forgets to think of it gets a route that nobody unknown can call.
 */
export function authenticateFirst(app: FastifyInstance, deps: RequestDeps): void {
  app.decorateRequest("callContext", null);
  const authenticate = async (request: FastifyRequest) => {
    hostOf(request);
    const caller = await deps.authenticate(tokenOf(request));
    deps.rateLimiter.take(caller);
    request.callContext = placeRequest(deps, request, caller);
  };
  app.addHook("onRoute", (route) => {
    if (route.config?.access !== "public") {
      route.onRequest = [authenticate, ...[route.onRequest ?? []].flat()];
    }
  });
}

/** Gives every request an id, the client's own where it sends one, and has every answer say it. Key Vault's headers. */
export function nameRequests(app: FastifyInstance): void {
  app.decorateRequest("correlationId", "");
  app.addHook("onRequest", (request, reply, done) => {
    const given = request.headers["x-ms-client-request-id"];
    const own = typeof given === "string" && correlationIdPattern.test(given) ? given : undefined;
    request.correlationId = own ?? randomUUID();
    reply.header("x-ms-request-id", request.correlationId);
    if (own !== undefined) {
      reply.header("x-ms-client-request-id", own);
    }
    done();
  });
}

/** A request on a vault's host. */
export function onVault(deps: RequestDeps, request: FastifyRequest): VaultRequest {
  const vault = deps.directory.byHost(hostOf(request));
  if (vault === undefined) {
    throw new StrongroomError("NotFound", "there is no such route on this host");
  }
  const context = contextOf(request);
  return { context, vault, origin: `https://${request.headers.host ?? ""}`.toLowerCase() };
}

/** A request on the installation's own host. */
export function onInstallation(deps: RequestDeps, request: FastifyRequest): RequestContext {
  requireInstallationHost(deps, request);
  return contextOf(request);
}

/** @throws {StrongroomError} `NotFound` on a vault's host. */
export function requireInstallationHost(deps: RequestDeps, request: FastifyRequest): void {
  if (!deps.installationHosts.includes(hostOf(request))) {
    throw new StrongroomError("NotFound", "there is no such route on this host");
  }
}

/**
 * Host of the request in lower case, without port.
 * @throws {StrongroomError} `Misdirected` if TLS was made for another host, `BadParameter` if the request names two. RFC 9110
 * section 7.4, RFC 9112 section 3.2.
 */
export function hostOf(request: FastifyRequest): string {
  const host = (request.headers.host ?? "").toLowerCase().replace(/:\d{1,5}$/, "");
  const { servername } = request.raw.socket as TLSSocket & { readonly servername?: string | false };
  if (servername !== host) {
    if (host.includes(",")) {
      throw new StrongroomError("BadParameter", "the request names more than one host");
    }
    throw new StrongroomError(
      "Misdirected",
      "the host is not the one that the connection was made to",
    );
  }
  return host;
}

/**
 * Sets the challenge that Key Vault's clients learn from where to get a token. RFC 6750 section 3.
 *
 * The resource is the domain that the vault's host is in, as `vault.azure.net` is of Key Vault's: clients take no challenge
 * for a resource that is not above the host that they asked, and many have no switch for that.
 */
export function challenge(deps: RequestDeps, request: FastifyRequest, reply: FastifyReply): void {
  const host = (request.headers.host ?? "").toLowerCase();
  const vault = deps.directory.byHost(host.replace(/:\d{1,5}$/, ""));
  const tenant = vault === undefined ? "" : `/${vault.uid}`;
  const value = `Bearer authorization="${deps.issuer}${tenant}", resource="https://${domainOf(host)}"`;
  reply.header("www-authenticate", value);
}

// Port included. A host of one label is in no domain.
function domainOf(host: string): string {
  return host.replace(/^[^.]*\./, "").replace(/["\\]/g, "");
}

function contextOf(request: FastifyRequest): RequestContext {
  if (request.callContext === null) {
    throw new StrongroomError("Internal", "a public route asked who calls");
  }
  return request.callContext;
}

function tokenOf({ headers }: FastifyRequest): string {
  const token = bearer.exec(headers.authorization ?? "")?.[1];
  if (token === undefined) {
    throw new StrongroomError("TokenInvalid", "the request has no bearer token");
  }
  return token;
}

function placeRequest(deps: RequestDeps, request: FastifyRequest, caller: Caller): RequestContext {
  const at = deps.clock.now();
  const source = deps.preservesClientAddress ? request.ip : undefined;
  return {
    at,
    caller: { ...caller, circumstances: { at, source } },
    correlationId: request.correlationId,
    callerIpAddress: request.ip,
    requestUri: request.url.slice(0, 512),
    client: clientOf(request, deps.clock, at),
  };
}
