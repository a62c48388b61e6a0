// SPDX-License-Identifier: Apache-2.0
/** Key Vault's routes for a certificate that is on its way: look, cancel, forget, merge. */

import type { FastifyInstance } from "fastify";
import { Refusal } from "../../audit/event.ts";
import { certificateType } from "../../certificates/certificate-type.ts";
import { prepareMerge } from "../../certificates/merge-certificate.ts";
import {
  type CertificateOperation,
  eraseOperation,
  putOperation,
  requireOperation,
} from "../../certificates/operation-record.ts";
import { readPolicy } from "../../certificates/policy-record.ts";
import type { LedgerTransaction } from "../../ledger/ledger.ts";
import { requireObject } from "../../objects/read-object.ts";
import {
  type CertificateCall,
  type CertificateRouteDeps,
  callOf,
  decideOn,
  prepareAndDecide,
  verbs,
} from "./certificate-call.ts";
import {
  certificateBundle,
  mergeCertificateSchema,
  operationBundle,
  saidOf,
  updateOperationSchema,
} from "./certificate-wire.ts";

const path = "/certificates/:name/pending";

/** Registers the routes. */
export function registerPendingRoutes(app: FastifyInstance, deps: CertificateRouteDeps): void {
  app.get(path, async (request) => {
    const call = await callOf(deps, request);
    return await onOperation(deps, call, "getPending", async (_tx, operation) => operation);
  });
  app.patch(path, async (request) => {
    const call = await callOf(deps, request);
    const { cancellation_requested } = updateOperationSchema.parse(request.body);
    return await onOperation(deps, call, "updatePending", async (tx, operation) =>
      cancellation_requested ? await cancel(tx, call, operation) : operation,
    );
  });
  app.delete(path, async (request) => {
    const call = await callOf(deps, request);
    return await onOperation(deps, call, "deletePending", async (tx, operation) => {
      await eraseOperation(tx, call.vault, call.name);
      return operation;
    });
  });
  app.post(`${path}/merge`, async (request, reply) => {
    const call = await callOf(deps, request);
    const { vault, name, context, origin } = call;
    const body = mergeCertificateSchema.parse(request.body);
    const certificates = body.x5c.map((text) => new Uint8Array(Buffer.from(text, "base64")));
    const found = await prepareAndDecide(deps, call, verbs.merge, () =>
      prepareMerge(deps, { vault, name, certificates, attributes: saidOf(body), at: context.at }),
    );
    const policy = await readPolicy(deps.ledger, vault, name);
    return await reply.status(201).send(certificateBundle(origin, vault, { ...found, policy }));
  });
}

async function onOperation(
  deps: CertificateRouteDeps,
  call: CertificateCall,
  asked: "getPending" | "updatePending" | "deletePending",
  work: (tx: LedgerTransaction, operation: CertificateOperation) => Promise<CertificateOperation>,
) {
  const { vault, name, origin } = call;
  const operation = await decideOn(deps, call, verbs[asked], async (tx) => {
    await requireObject(tx, vault, certificateType, name);
    return { result: await work(tx, await requireOperation(tx, vault, name)) };
  });
  return operationBundle(origin, name, operation);
}

/** @throws {Refusal} `Forbidden` once there is nothing to cancel. */
async function cancel(
  tx: LedgerTransaction,
  { vault, name }: CertificateCall,
  operation: CertificateOperation,
): Promise<CertificateOperation> {
  if (operation.status !== "inProgress") {
    throw new Refusal("Forbidden", "the certificate's operation is over and cannot be cancelled");
  }
  return await putOperation(tx, vault, name, { ...operation, status: "cancelled" });
}
