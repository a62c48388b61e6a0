// SPDX-License-Identifier: Apache-2.0
/** The first half of a new version: who issues it is settled, the policy and the operation are stored. */

import { randomUUID } from "node:crypto";
import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { newVersion } from "../objects/material.ts";
import { isActive, readObject, readVersion } from "../objects/read-object.ts";
import { nameIsDeleted } from "../objects/refusals.ts";
import { writeVersion } from "../objects/write-version.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import type { Vault } from "../vaults/vault-record.ts";
import type { CertificatePolicy } from "./certificate-policy.ts";
import {
  type CertificateVersion,
  certificateType,
  isPending,
  pendingMembers,
} from "./certificate-type.ts";
import { requireOwnFaces } from "./faces.ts";
import { requireIssuable } from "./issuance.ts";
import { type CertificateOperation, findOperation, putOperation } from "./operation-record.ts";
import { putPolicy } from "./policy-record.ts";

/** A version that is asked for. */
export interface EnrolmentRequest {
  readonly vault: Vault;
  readonly name: string;
  readonly policy: CertificatePolicy;
  readonly attributes: CertificateOperation["attributes"];
  readonly preserveCertOrder?: boolean | undefined;
  readonly at: Date;
  /** Uid of the resource that asks. */
  readonly owner?: string | undefined;
}

/** A version that is on its way. */
export interface Enrolment extends EnrolmentRequest {
  readonly operation: CertificateOperation;
}

/** Begins. @throws {Refusal} `Conflict` while another version is on its way, `NameInUse`, `BadParameter` if nobody would issue it. */
export async function beginEnrolment(
  tx: LedgerTransaction,
  request: EnrolmentRequest,
): Promise<Enrolment> {
  const { vault, name, policy, at } = request;
  const current = await requireReady(tx, vault, name);
  await requireIssuable(tx, vault, policy);
  const version = newVersion();
  const reuses = policy.key_props.reuse_key && current !== undefined && !isPending(current);
  const operation: CertificateOperation = {
    version,
    requestId: randomUUID().replaceAll("-", ""),
    status: "inProgress",
    issuer: policy.issuer,
    attributes: request.attributes,
    created: toSeconds(at),
    ...(reuses ? { reuses: current.version } : {}),
    ...(request.preserveCertOrder === undefined
      ? {}
      : { preserveCertOrder: request.preserveCertOrder }),
  };
  await putPolicy(tx, vault, name, policy);
  await putOperation(tx, vault, name, operation);
  if (current === undefined || isPending(current)) {
    const { tags } = request.attributes;
    await writeVersion(tx, certificateType, {
      ...{ vault, name, version, at, owner: request.owner },
      attributes: { enabled: false, tags },
      own: pendingMembers,
    });
  }
  return { ...request, operation };
}

/** Names whose addresses below `/certificates` are the vault's contacts and issuers. */
const namesOfOthers: ReadonlySet<string> = new Set(["contacts", "issuers"]);

/**
 * The current version of a certificate that can have another one; nothing where it is new.
 *
 * @throws {Refusal} `BadParameter` for a new one that nobody could ask for, or delete, by its name.
 */
export async function requireReady(
  tx: LedgerTransaction,
  vault: Vault,
  name: string,
): Promise<CertificateVersion | undefined> {
  const object = await readObject(tx, vault, certificateType, name);
  if (object !== undefined && object.deleted !== null) {
    throw nameIsDeleted(certificateType, object);
  }
  if (!isActive(object) && namesOfOthers.has(name.toLowerCase())) {
    throw new Refusal("BadParameter", `a certificate cannot have the name ${name.toLowerCase()}`);
  }
  await requireOwnFaces(tx, vault, name);
  const operation = await findOperation(tx, vault, name);
  if (operation?.status === "inProgress") {
    throw new Refusal(
      "Conflict",
      "A new key vault certificate can not be created or imported while a pending key vault certificate's status is inProgress.",
    );
  }
  return isActive(object)
    ? (await readVersion(tx, vault, certificateType, { object }))?.version
    : undefined;
}
