// SPDX-License-Identifier: Apache-2.0
/** Routes of the attestation authority: challenge, enrolment, and attestation of each kind of evidence. */

import {
  activationRequestSchema,
  attestAzureRequestSchema,
  attestCcaRequestSchema,
  attestEnvelopeSchema,
  attestNitroRequestSchema,
  attestOpenEnclaveRequestSchema,
  attestSgxRequestSchema,
  attestSnpRequestSchema,
  attestTdxRequestSchema,
  enrolmentRequestSchema,
  routes,
} from "@strongroom/api";
import { fromBase64url, toBase64url, utf8 } from "@strongroom/core";
import type { FastifyInstance } from "fastify";
import type { AttestationService } from "../../attestation/authority.ts";
import { azureEvidence } from "../../attestation/evidence/azure-evidence.ts";
import { ccaEvidence } from "../../attestation/evidence/cca-evidence.ts";
import type { Evidence } from "../../attestation/evidence/evidence.ts";
import { nitroEvidence } from "../../attestation/evidence/nitro-evidence.ts";
import {
  openEnclaveEvidence,
  sgxEvidence,
  tdxEvidence,
} from "../../attestation/evidence/quote-evidence.ts";
import { snpEvidence } from "../../attestation/evidence/snp-evidence.ts";
import { tpmEvidence } from "../../attestation/evidence/tpm-evidence.ts";
import { onInstallation, type RequestDeps } from "../request-context.ts";
import { type DiscoveryDeps, registerDiscovery } from "./discovery-routes.ts";

/** What these routes work with. */
export interface AttestationRouteDeps extends RequestDeps, DiscoveryDeps {
  readonly attestation: AttestationService;
}

/** Registers the routes. */
export function registerAttestationRoutes(app: FastifyInstance, deps: AttestationRouteDeps): void {
  registerDiscovery(app, deps);
  registerEnrolment(app, deps);
  app.post(routes.attestTpm, async (request) => {
    const context = onInstallation(deps, request);
    const { data } = attestEnvelopeSchema.parse(request.body);
    const token = await deps.attestation.attest(context, tpmEvidence(data));
    return { data: toBase64url(utf8(JSON.stringify({ token }))) };
  });
  const kinds: Readonly<Record<string, (body: unknown) => Evidence>> = {
    [routes.attestSnp]: (body) => snpEvidence(attestSnpRequestSchema.parse(body)),
    [routes.attestTdx]: (body) => tdxEvidence(attestTdxRequestSchema.parse(body)),
    [routes.attestSgx]: (body) => sgxEvidence(attestSgxRequestSchema.parse(body)),
    [routes.attestOpenEnclave]: (body) => {
      const request = attestOpenEnclaveRequestSchema.parse(body);
      return openEnclaveEvidence(fromBase64url(request.report), request);
    },
    [routes.attestAzure]: (body) => azureEvidence(attestAzureRequestSchema.parse(body)),
    [routes.attestCca]: (body) => ccaEvidence(attestCcaRequestSchema.parse(body)),
    [routes.attestNitro]: (body) => nitroEvidence(attestNitroRequestSchema.parse(body)),
  };
  for (const [path, read] of Object.entries(kinds)) {
    app.post(path, async (request) => {
      const context = onInstallation(deps, request);
      const evidence = read(request.body);
      // It is large, and what was read of it waits for its turn and the disk without it.
      request.body = undefined;
      return { token: await deps.attestation.attest(context, evidence) };
    });
  }
}

function registerEnrolment(app: FastifyInstance, deps: AttestationRouteDeps): void {
  app.post(routes.challenge, async (request) => {
    const context = onInstallation(deps, request);
    return await deps.attestation.challenge(context);
  });
  app.post(routes.enrolment, async (request) => {
    const context = onInstallation(deps, request);
    const wanted = enrolmentRequestSchema.parse(request.body);
    return await deps.attestation.beginEnrolment(context, wanted);
  });
  app.post(routes.activate, async (request) => {
    const context = onInstallation(deps, request);
    return await deps.attestation.activate(context, activationRequestSchema.parse(request.body));
  });
}
