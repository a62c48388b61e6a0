// SPDX-License-Identifier: Apache-2.0
/** The stored operation of a certificate: what became of the last request for a new version. */

import { toJsonValue } from "@strongroom/core";
import { z } from "zod";
import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction, RecordReader } from "../ledger/ledger.ts";
import { erased, readLive } from "../objects/erased.ts";
import type { Vault } from "../vaults/vault-record.ts";

const operationSchema = z.object({
  /** Id of the version that it makes. */
  version: z.string(),
  requestId: z.string(),
  status: z.enum(["inProgress", "completed", "failed", "cancelled"]),
  /** The version whose key is taken again; a new one is made where there is none. */
  reuses: z.string().optional(),
  issuer: z.object({
    name: z.string(),
    cty: z.string().optional(),
    cert_transparency: z.boolean().optional(),
  }),
  /** What the caller said of the new version. */
  attributes: z.object({
    enabled: z.boolean().optional(),
    tags: z.record(z.string(), z.string()).optional(),
  }),
  preserveCertOrder: z.boolean().optional(),
  /** Request for an authority outside, DER in base64url. */
  csr: z.string().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  created: z.number(),
});

/** An operation. */
export type CertificateOperation = z.infer<typeof operationSchema>;

/** Id of the record of a certificate's operation. */
export const operationKeyId = (name: string): string =>
  `certificate-operation/${name.toLowerCase()}`;

/** The last operation of a certificate, or nothing. */
export async function findOperation(
  tx: RecordReader,
  vault: Vault,
  name: string,
): Promise<CertificateOperation | undefined> {
  const key = { scope: vault.uid, id: operationKeyId(name) };
  return await readLive(tx, key, operationSchema);
}

/** The last operation of a certificate. @throws {Refusal} `NotFound` if there is none. */
export async function requireOperation(
  tx: RecordReader,
  vault: Vault,
  name: string,
): Promise<CertificateOperation> {
  const operation = await findOperation(tx, vault, name);
  if (operation === undefined) {
    throw new Refusal("NotFound", `Pending certificate not found: ${name}`);
  }
  return operation;
}

/** Writes the operation; answers it. */
export async function putOperation(
  tx: LedgerTransaction,
  vault: Vault,
  name: string,
  operation: CertificateOperation,
): Promise<CertificateOperation> {
  const content = toJsonValue(operationSchema.parse(operation));
  await tx.put({ scope: vault.uid, id: operationKeyId(name) }, content);
  return operation;
}

/** Forgets the operation. */
export async function eraseOperation(
  tx: LedgerTransaction,
  vault: Vault,
  name: string,
): Promise<void> {
  await tx.put({ scope: vault.uid, id: operationKeyId(name) }, erased);
}
