// SPDX-License-Identifier: Apache-2.0
/** Key Vault's routes for certificates: create, import, get, update, lists, policy. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { beginEnrolment } from "../../certificates/begin-enrolment.ts";
import { certificateType, isPending } from "../../certificates/certificate-type.ts";
import { finishEnrolment } from "../../certificates/finish-enrolment.ts";
import { bundleOf, prepareImport } from "../../certificates/import-certificate.ts";
import { findOperation } from "../../certificates/operation-record.ts";
import { policyOf } from "../../certificates/policy-of.ts";
import { readPolicy } from "../../certificates/policy-record.ts";
import { updateCertificate, updatePolicy } from "../../certificates/update-certificate.ts";
import { listObjects, listVersions } from "../../objects/list-objects.ts";
import { findVersion } from "../../objects/read-object.ts";
import { toSeconds } from "../../vaults/to-seconds.ts";
import { registerAuthorityRoutes } from "../attestation/authority-routes.ts";
import { registerBackupRoutes } from "../objects/backup-routes.ts";
import { registerDeletedRoutes } from "../objects/deleted-routes.ts";
import { listing } from "../objects/list-routes.ts";
import { nameParam, versionParam } from "../objects/object-wire.ts";
import { pageOf } from "../objects/paging.ts";
import { registerVersionRoutes } from "../objects/version-routes.ts";
import {
  type CertificateRouteDeps,
  callOf,
  decideOn,
  prepareAndDecide,
  verbs,
} from "./certificate-call.ts";
import { certificateFace } from "./certificate-face.ts";
import { registerPendingRoutes } from "./certificate-pending-routes.ts";
import {
  certificateBundle,
  certificateItem,
  certificateVersionItem,
  createCertificateSchema,
  importCertificateSchema,
  includePendingSchema,
  operationBundle,
  policyBundle,
  saidOf,
  updateCertificateSchema,
} from "./certificate-wire.ts";

/** Registers the routes. */
export function registerCertificateRoutes(app: FastifyInstance, deps: CertificateRouteDeps): void {
  app.post("/certificates/:name/create", (request, reply) => create(deps, request, reply));
  app.post("/certificates/:name/import", (request) => importBundle(deps, request));
  for (const path of ["/certificates/:name", "/certificates/:name/:version"]) {
    app.get(path, (request) => get(deps, request));
    app.patch(path, (request) => update(deps, request));
  }
  registerPolicyRoutes(app, deps);
  registerLists(app, deps);
  registerPendingRoutes(app, deps);
  registerDeletedRoutes(app, deps, certificateFace);
  registerVersionRoutes(app, deps, certificateFace);
  registerBackupRoutes(app, deps, certificateFace);
  registerAuthorityRoutes(app, deps);
}

async function create(deps: CertificateRouteDeps, request: FastifyRequest, reply: FastifyReply) {
  const call = await callOf(deps, request);
  const { vault, name, context, origin } = call;
  const { at } = context;
  const body = createCertificateSchema.parse(request.body);
  const policy = policyOf(body.policy, toSeconds(at));
  const preserveCertOrder = body.preserveCertOrder ?? undefined;
  const enrolment = await decideOn(deps, call, verbs.create, async (tx) => {
    const attributes = saidOf(body);
    const request = { vault, name, policy, at, preserveCertOrder, attributes };
    const result = await beginEnrolment(tx, request);
    return { result, properties: { version: result.operation.version } };
  });
  const { csr } = await finishEnrolment(deps, enrolment, context);
  // As Key Vault answers, also where all is done by now: clients ask for the end, and some take an end here for a fault.
  const operation = { ...enrolment.operation, ...(csr === undefined ? {} : { csr }) };
  const version = encodeURIComponent(
    String((request.query as { "api-version"?: string })["api-version"]),
  );
  return await reply
    .status(202)
    .header(
      "location",
      `${origin}/certificates/${name}/pending?api-version=${version}&request_id=${operation.requestId}`,
    )
    .header("retry-after", "1")
    .send(operationBundle(origin, name, operation));
}

async function importBundle(deps: CertificateRouteDeps, request: FastifyRequest) {
  const call = await callOf(deps, request);
  const { vault, name, context, origin } = call;
  const body = importCertificateSchema.parse(request.body);
  const { form, bytes } = bundleOf(body.value);
  using _ = bytes;
  const found = await prepareAndDecide(deps, call, verbs.import, () =>
    prepareImport(deps, {
      ...{ vault, name, at: context.at },
      source: {
        form,
        bytes: bytes.reveal(),
        password: body.pwd ?? "",
        order: body.preserveCertOrder === true ? "given" : "chain",
      },
      policy: body.policy ?? undefined,
      attributes: saidOf(body),
      preserveCertOrder: body.preserveCertOrder ?? undefined,
    }),
  );
  const policy = await readPolicy(deps.ledger, vault, name);
  return certificateBundle(origin, vault, { ...found, policy });
}

async function get(deps: CertificateRouteDeps, request: FastifyRequest) {
  const call = await callOf(deps, request);
  const { vault, origin } = call;
  const named = versionOf(request);
  const found = await decideOn(deps, call, verbs.get, async (tx) => {
    const read = await findVersion(tx, vault, certificateType, named);
    const policy = await readPolicy(tx, vault, named.name);
    const operation = await findOperation(tx, vault, named.name);
    const { version } = read.version;
    return { result: { ...read, policy, operation }, properties: { version } };
  });
  return certificateBundle(origin, vault, found);
}

async function update(deps: CertificateRouteDeps, request: FastifyRequest) {
  const call = await callOf(deps, request);
  const { vault, origin, context } = call;
  const named = versionOf(request);
  const body = updateCertificateSchema.parse(request.body);
  const found = await decideOn(deps, call, verbs.update, async (tx) => {
    const result = await updateCertificate(tx, {
      ...{ vault, ...named, at: context.at, attributes: saidOf(body) },
      policy: body.policy ?? undefined,
    });
    return { result, properties: { version: result.version.version } };
  });
  return certificateBundle(origin, vault, found);
}

function versionOf(request: FastifyRequest) {
  const named = request.params as { readonly version?: unknown };
  return named.version === undefined
    ? { ...nameParam.parse(named), version: undefined }
    : versionParam.parse(named);
}

function registerPolicyRoutes(app: FastifyInstance, deps: CertificateRouteDeps): void {
  const path = "/certificates/:name/policy";
  app.get(path, async (request) => {
    const call = await callOf(deps, request);
    const policy = await decideOn(deps, call, verbs.getPolicy, async (tx) => {
      const { object } = await findVersion(tx, call.vault, certificateType, call);
      return { result: await readPolicy(tx, call.vault, object.name) };
    });
    return policyBundle(call.origin, call.name, policy);
  });
  app.patch(path, async (request) => {
    const call = await callOf(deps, request);
    const body = createCertificateSchema.shape.policy.parse(request.body);
    const { vault, name, context } = call;
    const policy = await decideOn(deps, call, verbs.updatePolicy, async (tx) => ({
      result: await updatePolicy(tx, { vault, name, at: context.at }, body),
    }));
    return policyBundle(call.origin, name, policy);
  });
}

function registerLists(app: FastifyInstance, deps: CertificateRouteDeps): void {
  const { action } = verbs.get;
  app.get("/certificates", async (request) => {
    const { includePending } = includePendingSchema.parse(request.query);
    const wanted = includePending?.toLowerCase() === "true";
    const path = `/certificates${wanted ? "?includePending=true" : ""}`;
    return await listing(deps, request, {
      ...{ page: pageOf(request.query), path, action, item: certificateItem },
      operationName: "CertificateList",
      read: async (tx, page) => {
        const { items, after } = await listObjects(tx, certificateType, page);
        return { items: items.filter(({ version }) => wanted || !isPending(version)), after };
      },
    });
  });
  app.get("/certificates/:name/versions", async (request) => {
    const { name } = nameParam.parse(request.params);
    const path = `/certificates/${name}/versions`;
    return await listing(deps, request, {
      ...{ page: pageOf(request.query), path, action, item: certificateVersionItem },
      operationName: "CertificateListVersions",
      read: async (tx, page) => {
        const { items, after } = await listVersions(tx, certificateType, { ...page, name });
        return { items: items.filter(({ version }) => !isPending(version)), after };
      },
    });
  });
}
