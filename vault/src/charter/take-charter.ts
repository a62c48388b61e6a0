// SPDX-License-Identifier: Apache-2.0
/** Taking a vault's first charter, and one that follows: a higher serial, signed by enough of those whom the one in force names. */

import {
  type Charter,
  charterSchema,
  charterType,
  contentOf,
  readStatement,
  type Statement,
} from "@strongroom/api";
import {
  canonicalJson,
  isStrongroomError,
  sha256,
  toHex,
  toJsonValue,
  verifySigners,
} from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { assignmentsOf } from "../roles/assignments-of.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { charterKey, readCharter } from "./charter-record.ts";

/** Which vault a charter comes for. */
export interface CharterPlace {
  readonly vault: Pick<Vault, "uid" | "namespace" | "chartered">;
  /** Issuer of ServiceAccount identities, `kubernetes:<cluster uid>`. */
  readonly clusterIssuer: string;
  readonly at: Date;
}

/** What came of it. */
export interface TakenCharter {
  readonly serial: number;
  readonly digest: string;
  /** Whether it is another than before. */
  readonly isNew: boolean;
}

/** Takes a charter; the one that is in force already is no news. @throws {Refusal} `CharterRefused`. */
export async function takeCharter(
  tx: LedgerTransaction,
  statement: Statement,
  { vault, clusterIssuer, at }: CharterPlace,
): Promise<TakenCharter> {
  const charter = readOrRefuse(statement);
  const { serial } = charter;
  const current = await readCharter(tx, vault);
  const digest = toHex(sha256(canonicalJson(contentOf(statement))));
  if (current?.digest === digest) {
    return { serial, digest, isNew: false };
  }
  if (charter.vault !== vault.uid) {
    throw refused("the charter is of another vault");
  }
  if (current !== undefined && serial <= current.charter.serial) {
    throw refused(`the charter in force has serial ${current.charter.serial}`);
  }
  const signers = (current?.charter ?? charter).signers;
  const verdict = verifySigners(statement, charterType, signers);
  if (verdict.kind === "refused") {
    throw refused(verdict.reason);
  }
  if (charter.expires <= toSeconds(at)) {
    throw refused("the charter has expired");
  }
  const { roles } = charter;
  const place = { namespace: vault.namespace, clusterIssuer, bound: {} };
  await tx.put(charterKey(vault.uid), {
    ...{ digest, taken: toSeconds(at), signedBy: verdict.by, charter: contentOf(statement) },
    ...(roles && { assignments: toJsonValue(assignmentsOf({ roleAssignments: roles }, place)) }),
  });
  return { serial, digest, isNew: true };
}

function readOrRefuse(statement: Statement): Charter {
  try {
    return readStatement(statement, charterSchema);
  } catch (error) {
    throw isStrongroomError(error, "BadParameter") ? refused(error.message) : error;
  }
}

function refused(reason: string): Refusal {
  return new Refusal("CharterRefused", reason);
}
