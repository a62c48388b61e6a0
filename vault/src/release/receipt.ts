// SPDX-License-Identifier: Apache-2.0
/** The receipt of one release: who got which version, by which policies and which evidence, and its place in the audit log. */

import type { CommittedWithHead } from "../ledger/ledger.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import { type AskedObject, unwrappedOf } from "./releasable.ts";
import type { ReleaseRequestParts } from "./require-binding.ts";
import { type StatementDeps, signStatement } from "./sign-statement.ts";

/** Header of a response that carries one. */
export const receiptHeaderName = "x-strongroom-receipt";

/** `typ` of a receipt. */
const receiptType = "strongroom-receipt+jws";

/** What was released. */
export interface ReleasedVersion {
  readonly asked: AskedObject;
  readonly version: string;
  /** Digests of the policies that allowed it. */
  readonly policies: readonly string[];
  /** SHA-256 of the attestation token. */
  readonly evidence: string;
}

/** Signs it. The leaf that it names is proved to be under the head, which the HSM signed. */
export async function signReceipt(
  deps: StatementDeps,
  { context, vault, origin }: ReleaseRequestParts,
  { asked, version, policies, evidence }: ReleasedVersion,
  { head, proof }: Pick<CommittedWithHead<unknown>, "head" | "proof">,
): Promise<string> {
  const { principal, bound } = context.caller;
  return await signStatement(deps, receiptType, {
    iat: toSeconds(context.at),
    vault: { uid: vault.uid, name: vault.name },
    object: `${origin}/${asked.kind}/${asked.name}/${version}`,
    ...unwrappedOf(asked),
    identity: { issuer: principal.issuer, subject: principal.subject },
    ...(bound === undefined ? {} : { pod: { uid: bound.podUid } }),
    policies,
    evidence,
    head,
    proof,
  });
}
