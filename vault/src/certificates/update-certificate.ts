// SPDX-License-Identifier: Apache-2.0
/** Changing what is said of a version, on all its faces, and the policy of those to come. */

import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import type { ObjectAct } from "../objects/delete-object.ts";
import { type FoundVersion, findVersion } from "../objects/read-object.ts";
import { updateVersion } from "../objects/update-version.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import type { CertificatePolicy } from "./certificate-policy.ts";
import { type CertificateMembers, certificateType, isPending } from "./certificate-type.ts";
import { updateOtherFaces } from "./faces.ts";
import type { CertificateOperation } from "./operation-record.ts";
import { changePolicy } from "./policy-of.ts";
import { putPolicy, readPolicy } from "./policy-record.ts";
import type { PolicyBody } from "./policy-wire.ts";

/** A change; what is absent stays as it is. */
export interface CertificateUpdate extends ObjectAct {
  readonly version: string | undefined;
  readonly attributes: CertificateOperation["attributes"];
  readonly policy: PolicyBody | undefined;
}

/** Changes a version, and the policy where one is given. @throws {Refusal} `NotFound`; `Conflict` while it is pending. */
export async function updateCertificate(
  tx: LedgerTransaction,
  { vault, name, version, at, attributes, policy }: CertificateUpdate,
): Promise<FoundVersion<CertificateMembers> & { readonly policy: CertificatePolicy }> {
  const found = await findVersion(tx, vault, certificateType, { name, version });
  if (isPending(found.version)) {
    throw new Refusal("Conflict", "the certificate is pending; it is enabled when it is merged");
  }
  const place = { vault, name, version: found.version.version };
  await updateOtherFaces(tx, place, { attributes, at });
  const updated = await updateVersion(tx, found, { attributes, own: {}, at });
  const changed =
    policy === undefined
      ? await readPolicy(tx, vault, name)
      : await updatePolicy(tx, { vault, name, at }, policy);
  return { ...updated, policy: changed };
}

/** Changes the policy. @throws {Refusal | StrongroomError} `NotFound`, `BadParameter`. */
export async function updatePolicy(
  tx: LedgerTransaction,
  { vault, name, at }: ObjectAct,
  body: PolicyBody,
): Promise<CertificatePolicy> {
  const { object } = await findVersion(tx, vault, certificateType, { name });
  const before = await readPolicy(tx, vault, object.name);
  const policy = changePolicy(before, body, toSeconds(at));
  await putPolicy(tx, vault, name, policy);
  return policy;
}
