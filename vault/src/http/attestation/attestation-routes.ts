// SPDX-License-Identifier: Apache-2.0
/** Routes of the attestation authority: discovery, challenge, enrolment, attestation. */

import {
  activationRequestSchema,
  attestEnvelopeSchema,
  enrolmentRequestSchema,
  routes,
  tpmEvidenceSchema,
} from "@strongroom/api";
import { fromBase64url, fromUtf8, StrongroomError, toBase64url, utf8 } from "@strongroom/core";
import type { FastifyInstance } from "fastify";
import type { AttestationService } from "../../attestation/authority.ts";
import { type Authority, authorityJwk } from "../../attestation/token.ts";
import { onInstallation, type RequestDeps, requireInstallationHost } from "../request-context.ts";

/** What these routes work with. */
export interface AttestationRouteDeps extends RequestDeps {
  readonly attestation: AttestationService;
  readonly authority: Authority;
}

/** Registers the routes. */
export function registerAttestationRoutes(app: FastifyInstance, deps: AttestationRouteDeps): void {
  registerDiscovery(app, deps);
  app.post(routes.challenge, async (request) => {
    const context = onInstallation(deps, request);
    return await deps.attestation.challenge(context);
  });
  app.post(routes.enrolment, async (request) => {
    const context = onInstallation(deps, request);
    return await deps.attestation.beginEnrolment(
      context,
      enrolmentRequestSchema.parse(request.body),
    );
  });
  app.post(routes.activate, async (request) => {
    const context = onInstallation(deps, request);
    return await deps.attestation.activate(context, activationRequestSchema.parse(request.body));
  });
  app.post(routes.attestTpm, async (request) => {
    const context = onInstallation(deps, request);
    const { data } = attestEnvelopeSchema.parse(request.body);
    const token = await deps.attestation.attestTpm(context, tpmEvidenceSchema.parse(decode(data)));
    return { data: toBase64url(utf8(JSON.stringify({ token }))) };
  });
}

// OpenID Connect Discovery 1.0 section 3, as far as verifiers of attestation tokens need it.
function registerDiscovery(app: FastifyInstance, deps: AttestationRouteDeps): void {
  const config = { access: "public" } as const;
  app.get("/.well-known/openid-configuration", { config }, async (request) => {
    requireInstallationHost(deps, request);
    const { issuer } = deps.authority;
    return {
      issuer,
      jwks_uri: `${issuer}/certs`,
      response_types_supported: ["token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["ES256"],
    };
  });
  app.get("/certs", { config }, async (request) => {
    requireInstallationHost(deps, request);
    return { keys: [await authorityJwk(deps.authority.key)] };
  });
}

function decode(data: string): unknown {
  try {
    return JSON.parse(fromUtf8(fromBase64url(data)));
  } catch (cause) {
    throw new StrongroomError("EvidenceMalformed", "data is not base64url of JSON", { cause });
  }
}
