// SPDX-License-Identifier: Apache-2.0
/**
 * Which of a charter's policies govern an object. They do as long as the charter that has them is in force: whoever
 * reads an object is told of them beside the names in its record.
 */

import type { Recall } from "../ledger/read-together.ts";
import { type GovernedKind, selects } from "../objects/selector.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { nameOfCharterPolicy } from "./charter-names.ts";
import { type CharterRecord, recallCharter } from "./charter-record.ts";

/** Names of the charter's policies that select an object. */
export function charterPolicies(
  recall: Recall,
  vault: Vault,
  kind: GovernedKind,
  name: string,
): readonly string[] {
  const record = recallCharter(recall, vault);
  return record === undefined ? [] : policiesFor(record, kind, name).map(nameOfCharterPolicy);
}

/** The policies themselves. */
export function policiesFor({ charter }: CharterRecord, kind: GovernedKind, name: string) {
  return charter.policies.filter(({ selector }) => selects(selector, kind, name));
}
