// SPDX-License-Identifier: Apache-2.0
/** The receipt of one release: who got which version, by which policies and which evidence, and its place in the audit log. */

import { type ReceiptPayload, type ReleaseFacts, receiptType } from "@strongroom/api";
import type { ProvenLeaf } from "../../audit/prove-leaves.ts";
import { toSeconds } from "../../vaults/to-seconds.ts";
import { type StatementDeps, signStatement } from "../sign-statement.ts";

/** Signs it at an instant. The leaf that it names is proved to be under the head. */
export async function signReceipt(
  deps: StatementDeps,
  facts: ReleaseFacts,
  { head, proof }: Pick<ProvenLeaf, "head" | "proof">,
  at: Date,
): Promise<string> {
  const payload: ReceiptPayload = {
    iat: toSeconds(at),
    ...facts,
    policies: [...facts.policies],
    head: { ...head },
    proof: { ...proof, path: [...proof.path] },
  };
  return await signStatement(deps, receiptType, payload);
}
