// SPDX-License-Identifier: Apache-2.0
/** Merging: the certificate that somebody outside issued for the pending key. */

import { StrongroomError } from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { sealMaterial } from "../objects/material.ts";
import type { FoundVersion } from "../objects/read-object.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { chainOrder } from "../x509/certificate-bundle.ts";
import { type CertificateFields, readCertificate } from "../x509/certificate-fields.ts";
import { isSameKey } from "../x509/public-key.ts";
import type { CertificateMembers } from "./certificate-type.ts";
import type { CertificateDeps } from "./finish-enrolment.ts";
import { type CertificateOperation, putOperation, requireOperation } from "./operation-record.ts";
import { readPolicy } from "./policy-record.ts";
import { secretContent } from "./secret-content.ts";
import { type IssuedChain, writeCertificate } from "./write-certificate.ts";

/** What is merged. */
export interface MergeRequest {
  readonly vault: Vault;
  readonly name: string;
  /** DER. */
  readonly certificates: readonly Uint8Array[];
  readonly attributes: CertificateOperation["attributes"];
  readonly at: Date;
}

/** Prepares it; what is answered writes it. @throws {Refusal | StrongroomError} `NotFound`, `Conflict`, `BadParameter`. */
export async function prepareMerge(
  deps: CertificateDeps,
  request: MergeRequest,
): Promise<(tx: LedgerTransaction) => Promise<FoundVersion<CertificateMembers>>> {
  const { vault, name, at } = request;
  const operation = requireOpen(await requireOperation(deps.ledger, vault, name));
  const policy = await readPolicy(deps.ledger, vault, name);
  const { version } = operation;
  const key = await deps.certificateKeys.open({ vault, name, version }, policy);
  using exported = key.exported;
  const chain = chainFor(key.signer.publicKey, request, operation);
  const { contentType } = policy.secret_props;
  const parts = { key: exported?.reveal(), certificates: chain.certificates };
  using content = await secretContent(parts, contentType);
  const place = { kind: "secrets", name, version } as const;
  const secret = await sealMaterial(deps.derive(vault), vault, place, content.reveal());
  const attributes = { ...operation.attributes, ...request.attributes };
  return async (tx) => {
    const known = requireOpen(await requireOperation(tx, vault, name));
    if (known.version !== version) {
      throw new Refusal("Conflict", "another version of the certificate is pending by now");
    }
    const { preserveCertOrder } = operation;
    await putOperation(tx, vault, name, { ...operation, status: "completed" });
    return await writeCertificate(tx, {
      ...{ vault, name, version, at, attributes, preserveCertOrder, chain, contentType, secret },
      key: undefined,
    });
  };
}

function requireOpen(operation: CertificateOperation): CertificateOperation {
  if (operation.status !== "inProgress" || operation.csr === undefined) {
    throw new Refusal("Conflict", "no certificate is pending that could be merged");
  }
  return operation;
}

function chainFor(
  publicKey: Uint8Array,
  { certificates }: MergeRequest,
  { preserveCertOrder }: CertificateOperation,
): IssuedChain {
  const parsed = certificates.map(readCertificate);
  const leaf = parsed.find((certificate) => isOf(certificate, publicKey));
  if (leaf === undefined) {
    throw new StrongroomError(
      "BadParameter",
      "The public key of the end-entity certificate in the specified X.509 certificate content does not match the public key part of the specified private key.",
    );
  }
  const ordered = preserveCertOrder === true ? parsed : chainOrder(leaf, parsed);
  return { certificates: ordered.map(({ der }) => der), leaf: ordered.indexOf(leaf) };
}

function isOf({ publicKey }: CertificateFields, wanted: Uint8Array): boolean {
  return isSameKey(publicKey, wanted);
}
