// SPDX-License-Identifier: Apache-2.0
/** The second half of a new version: the key, the certificate or a request for one, and the end of the operation. */

import {
  type DeriveSubkey,
  errorTable,
  type Log,
  StrongroomError,
  toBase64url,
} from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import { decide } from "../audit/decide.ts";
import { Refusal, type RequestContext } from "../audit/event.ts";
import type { Ledger, LedgerTransaction } from "../ledger/ledger.ts";
import { sealMaterial } from "../objects/material.ts";
import type { Vault } from "../vaults/vault-record.ts";
import type { Enrolment } from "./begin-enrolment.ts";
import type { CertificateKeys, PreparedKey } from "./certificate-keys.ts";
import { isUnknownIssuer } from "./certificate-policy.ts";
import { issue, requestFor } from "./issuance.ts";
import { type CertificateOperation, findOperation, putOperation } from "./operation-record.ts";
import { secretContent } from "./secret-content.ts";
import { writeCertificate } from "./write-certificate.ts";

/** What certificates work with. */
export interface CertificateDeps {
  readonly ledger: Ledger;
  readonly hsm: HsmClient;
  readonly certificateKeys: CertificateKeys;
  readonly derive: (vault: Vault) => DeriveSubkey;
  readonly log: Log;
}

/**
 * Finishes; answers the operation as it is then. What cannot be issued makes the operation fail. Where something is
 * away for a while, the operation stays in progress, and is taken up again later.
 */
export async function finishEnrolment(
  deps: CertificateDeps,
  enrolment: Enrolment,
  context: RequestContext,
): Promise<CertificateOperation> {
  try {
    return await enrol(deps, enrolment, context);
  } catch (error) {
    if (!(error instanceof StrongroomError) || errorTable[error.code].http >= 500) {
      deps.log.failure("a certificate could not be made for now", error);
      return enrolment.operation;
    }
    return await fail(deps, enrolment, context, error);
  }
}

type Outcome = (tx: LedgerTransaction) => Promise<CertificateOperation>;

async function enrol(deps: CertificateDeps, enrolment: Enrolment, context: RequestContext) {
  const key = await prepareKey(deps, enrolment);
  using _exported = key.exported;
  const outcome = isUnknownIssuer(enrolment.policy)
    ? await requested(enrolment, key)
    : await issued(deps, enrolment, key);
  return await record(deps, enrolment, { context, operationName: "CertificateEnroll", outcome });
}

async function prepareKey(
  { certificateKeys: keys }: CertificateDeps,
  enrolment: Enrolment,
): Promise<PreparedKey> {
  const { vault, name, policy, operation } = enrolment;
  const place = { vault, name, version: operation.version };
  const again =
    operation.reuses === undefined ? undefined : await keys.again(place, operation.reuses, policy);
  return again ?? (await keys.make(place, policy));
}

/** The key waits, disabled, for the certificate that somebody outside will issue. */
async function requested(enrolment: Enrolment, key: PreparedKey): Promise<Outcome> {
  const { vault, name, policy, operation, at, owner } = enrolment;
  const csr = toBase64url(await requestFor({ policy, subject: key.signer }));
  return async (tx) => {
    await key.writePending(tx, { at, owner });
    return await putOperation(tx, vault, name, { ...operation, csr });
  };
}

async function issued(
  deps: CertificateDeps,
  enrolment: Enrolment,
  key: PreparedKey,
): Promise<Outcome> {
  const { vault, name, policy, operation, at, owner } = enrolment;
  const certificates = await issue(deps, { vault, policy, subject: key.signer, at });
  const { contentType } = policy.secret_props;
  using content = await secretContent({ key: key.exported?.reveal(), certificates }, contentType);
  const { version, attributes, preserveCertOrder } = operation;
  const place = { kind: "secrets", name, version } as const;
  const secret = await sealMaterial(deps.derive(vault), vault, place, content.reveal());
  return async (tx) => {
    await writeCertificate(tx, {
      ...{
        vault,
        name,
        version,
        at,
        owner,
        attributes,
        preserveCertOrder,
        key,
        contentType,
        secret,
      },
      chain: { certificates, leaf: 0 },
    });
    return await putOperation(tx, vault, name, { ...operation, status: "completed" });
  };
}

async function fail(
  deps: CertificateDeps,
  enrolment: Enrolment,
  context: RequestContext,
  { code, message }: StrongroomError,
): Promise<CertificateOperation> {
  const { vault, name, operation } = enrolment;
  return await record(deps, enrolment, {
    context,
    operationName: "CertificateEnrollFailed",
    outcome: async (tx) =>
      await putOperation(tx, vault, name, {
        ...operation,
        status: "failed",
        error: { code, message },
      }),
  });
}

interface Recorded {
  readonly context: RequestContext;
  readonly operationName: string;
  readonly outcome: Outcome;
}

/** Writes the outcome, if the operation is still the one that is in progress. */
async function record(
  { ledger }: CertificateDeps,
  { vault, name, operation }: Enrolment,
  { context, operationName, outcome }: Recorded,
): Promise<CertificateOperation> {
  return await decide(ledger, {
    context,
    operationName,
    properties: { vault: vault.uid, certificate: name, version: operation.version },
    work: async (tx) => {
      const known = await findOperation(tx, vault, name);
      if (known?.version !== operation.version || known.status !== "inProgress") {
        throw new Refusal("Conflict", "the operation was cancelled or finished meanwhile");
      }
      return { result: await outcome(tx) };
    },
  });
}
