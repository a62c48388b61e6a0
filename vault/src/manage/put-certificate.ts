// SPDX-License-Identifier: Apache-2.0
/** Certificates that a resource asks for: issued here, and again where the resource's policy asks for something else. */

import { beginEnrolment, type Enrolment } from "../certificates/begin-enrolment.ts";
import { certificateType, isPending } from "../certificates/certificate-type.ts";
import {
  type CertificateOperation,
  findOperation,
  putOperation,
} from "../certificates/operation-record.ts";
import { policyOf } from "../certificates/policy-of.ts";
import type { PolicyBody } from "../certificates/policy-wire.ts";
import { updateCertificate } from "../certificates/update-certificate.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { findVersion } from "../objects/read-object.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import { type DesiredTarget, findOwn } from "./desired-object.ts";
import { desiredKey, readDesired, toDesiredRecord } from "./desired-record.ts";

/** A certificate as its resource wants it, in Key Vault's words. */
export interface DesiredCertificate extends DesiredTarget {
  readonly policy: PolicyBody;
  readonly attributes: CertificateOperation["attributes"];
}

/** What became of it. */
export interface PutCertificate {
  readonly created: boolean;
  /** A new version that is to be issued now. */
  readonly enrolment: Enrolment | undefined;
}

/** Begins to issue, or writes what is said about it. @throws {Refusal} `NameInUse`, `BadParameter` if nobody would issue it */
export async function putCertificate(
  tx: LedgerTransaction,
  desired: DesiredCertificate,
): Promise<PutCertificate> {
  const { vault, name } = desired;
  const existing = await findOwn(tx, certificateType, desired);
  const wish = wishOf(desired);
  const known =
    existing === undefined ? undefined : await readDesired(tx, vault.uid, "certificates", name);
  let enrolment: Enrolment | undefined;
  if (known?.issued !== wish.issued) {
    enrolment = await issueAnew(tx, desired);
  } else if (known.digest === wish.digest || !(await changeCertificate(tx, desired))) {
    return { created: false, enrolment };
  }
  await tx.put(desiredKey(vault.uid, "certificates", name), wish);
  return { created: existing === undefined, enrolment };
}

async function issueAnew(tx: LedgerTransaction, desired: DesiredCertificate): Promise<Enrolment> {
  const { vault, name, owner, at, attributes } = desired;
  const operation = await findOperation(tx, vault, name);
  if (operation?.status === "inProgress") {
    // It would issue what the resource no longer asks for.
    await putOperation(tx, vault, name, { ...operation, status: "cancelled" });
  }
  const policy = policyOf(desired.policy, toSeconds(at));
  return await beginEnrolment(tx, { vault, name, owner, at, attributes, policy });
}

/** Answers whether it could: what waits for its certificate is changed when it has it. */
async function changeCertificate(
  tx: LedgerTransaction,
  { vault, name, at, attributes, policy }: DesiredCertificate,
): Promise<boolean> {
  const { version } = await findVersion(tx, vault, certificateType, { name });
  if (isPending(version)) {
    return false;
  }
  // A resource says all that there is to say: no tags are none.
  const said = { enabled: true, tags: {}, ...attributes };
  await updateCertificate(tx, { vault, name, version: undefined, at, attributes: said, policy });
  return true;
}

/** When a certificate is renewed has no part in what is issued. */
function wishOf({ owner, policy, attributes }: DesiredCertificate) {
  const { lifetime_actions: _, ...issued } = policy;
  const { digest } = toDesiredRecord(owner, { issued });
  return { ...toDesiredRecord(owner, { policy, attributes }), issued: digest };
}
