// SPDX-License-Identifier: Apache-2.0
/** Chooses, of several statements about one platform, the newest that Intel signed and that is valid now. */

import { verify } from "node:crypto";
import { type Refused, refuse } from "../verdict.ts";
import type { Certificate } from "../x509/certificate.ts";
import type { CertificatePath } from "../x509/find-paths.ts";
import type { Signed } from "./dcap-endorsements.ts";
import { checkIntelPath, hasCommonName, type PathContext, signingPath } from "./intel-path.ts";

/** What every statement has. */
interface Dated {
  readonly issueDate: Date;
  readonly nextUpdate: Date;
  readonly evaluationDataNumber: number;
}

/** Certificates of signers that are tried; Intel had two, and whoever sends endorsements chooses how many there are. */
const mostSigners = 8;

/** A statement, and what vouched for it. */
export interface Chosen<T> {
  readonly value: T;
  /** The signer's certificate and its issuers'. */
  readonly path: CertificatePath;
}

/** The statement to judge by, or why there is none; the reason is that of the newest one. */
export function chooseEndorsement<T extends Dated>(
  candidates: readonly Signed<T>[],
  context: PathContext,
  what: string,
): Chosen<T> | Refused {
  const newestFirst = [...candidates].sort(
    (a, b) =>
      b.value.evaluationDataNumber - a.value.evaluationDataNumber ||
      b.value.issueDate.getTime() - a.value.issueDate.getTime(),
  );
  const checked = newestFirst.map((one) => checkStatement(one, context, what));
  return (
    checked.find((one) => !("kind" in one)) ??
    checked[0] ??
    refuse("endorsements-unavailable", `no ${what} of this platform`)
  );
}

function checkStatement<T extends Dated>(
  { signed, signature, value }: Signed<T>,
  context: PathContext,
  what: string,
): Chosen<T> | Refused {
  const signers = context.certificates
    .filter((one) => hasCommonName(one, signingPath))
    .slice(0, mostSigners);
  if (signers.length === 0) {
    return refuse("endorsements-unavailable", `no certificate of the signer of the ${what}`);
  }
  const signer = signers.filter((one) => isSignedBy(one, signed, signature));
  const [first, ...others] = signer.map((one) => checkIntelPath(one, signingPath, context));
  if (first === undefined) {
    return refuse("bad-signature", `the ${what} was not signed by its signer`);
  }
  const path = [first, ...others].find((one) => !("kind" in one)) ?? first;
  if ("kind" in path) {
    return path;
  }
  return value.issueDate <= context.at && context.at <= value.nextUpdate
    ? { value, path }
    : refuse("expired", `the ${what} is not valid at this time`);
}

function isSignedBy(signer: Certificate, signed: Uint8Array, signature: Uint8Array): boolean {
  const key = { key: signer.publicKey, dsaEncoding: "ieee-p1363" } as const;
  return signer.publicKey.asymmetricKeyType === "ec" && verify("sha256", signed, key, signature);
}
