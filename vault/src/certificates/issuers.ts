// SPDX-License-Identifier: Apache-2.0
/** Keeping issuers: set, change, take away, list. */

import { toJsonValue } from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction, RecordReader } from "../ledger/ledger.ts";
import { erased, isErased } from "../objects/erased.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import { parseRecord, type Vault } from "../vaults/vault-record.ts";
import {
  type IssuerRecord,
  issuerKey,
  issuerPrefix,
  issuerRecordSchema,
  readIssuer,
} from "./issuer-record.ts";

/** What is said of an issuer; what is absent stays as it is. */
export type IssuerMembers = Partial<
  Pick<IssuerRecord, "provider" | "accountId" | "organization" | "enabled">
>;

/** Which issuer, and when. */
export interface IssuerAct {
  readonly vault: Vault;
  readonly name: string;
  readonly at: Date;
}

/** Sets an issuer, whatever it was before. */
export async function setIssuer(
  tx: LedgerTransaction,
  act: IssuerAct,
  members: IssuerMembers & Pick<IssuerRecord, "provider">,
): Promise<IssuerRecord> {
  const known = await readIssuer(tx, act.vault, act.name);
  const now = toSeconds(act.at);
  const name = known?.name ?? act.name;
  const created = known?.created ?? now;
  return await put(tx, act.vault, { enabled: true, ...members, name, created, updated: now });
}

/** Changes an issuer. @throws {Refusal} `NotFound`. */
export async function updateIssuer(
  tx: LedgerTransaction,
  act: IssuerAct,
  members: IssuerMembers,
): Promise<IssuerRecord> {
  const known = await requireIssuer(tx, act.vault, act.name);
  return await put(tx, act.vault, { ...known, ...members, updated: toSeconds(act.at) });
}

/** Takes an issuer away at once; policies that name it stay and cannot be issued. @throws {Refusal} `NotFound`. */
export async function deleteIssuer(
  tx: LedgerTransaction,
  vault: Vault,
  name: string,
): Promise<IssuerRecord> {
  const known = await requireIssuer(tx, vault, name);
  await tx.put(issuerKey(vault.uid, name), erased);
  return known;
}

/** An issuer. @throws {Refusal} `NotFound`. */
export async function requireIssuer(
  tx: RecordReader,
  vault: Vault,
  name: string,
): Promise<IssuerRecord> {
  const known = await readIssuer(tx, vault, name);
  if (known === undefined) {
    throw new Refusal("NotFound", `Issuer not found: ${name}`);
  }
  return known;
}

/** A page of issuers, and the record id behind which the next begins. */
export async function listIssuers(
  tx: LedgerTransaction,
  vault: Vault,
  page: { readonly after: string | undefined; readonly limit: number },
) {
  const { limit } = page;
  const after = page.after === undefined ? {} : { after: page.after };
  const rows = await tx.list(vault.uid, issuerPrefix, { limit, ...after });
  return {
    items: rows
      .filter(({ body }) => !isErased(body))
      .map(({ body }) => parseRecord(issuerRecordSchema, body)),
    after: rows.length < limit ? undefined : rows.at(-1)?.id,
  };
}

async function put(
  tx: LedgerTransaction,
  vault: Vault,
  record: IssuerRecord,
): Promise<IssuerRecord> {
  const content = issuerRecordSchema.parse(record);
  await tx.put(issuerKey(vault.uid, record.name), toJsonValue(content));
  return content;
}
