// SPDX-License-Identifier: Apache-2.0
/** Records of issuers: who issues certificates of policies that name them. */

import type { RecordKey } from "@strongroom/core";
import { z } from "zod";
import type { RecordReader } from "../ledger/ledger.ts";
import { readLive } from "../objects/erased.ts";
import type { Vault } from "../vaults/vault-record.ts";

/** The provider that is in the vault itself. */
export const ownProvider = "Strongroom";

/** A record's content. An account's password is taken and thrown away: no provider here would use it. */
export const issuerRecordSchema = z.object({
  /** As it was first spelt. */
  name: z.string(),
  provider: z.string(),
  accountId: z.string().optional(),
  organization: z
    .object({
      id: z.string().optional(),
      administrators: z.array(
        z.object({
          first_name: z.string().optional(),
          last_name: z.string().optional(),
          email: z.string().optional(),
          phone: z.string().optional(),
        }),
      ),
    })
    .optional(),
  enabled: z.boolean(),
  created: z.number(),
  updated: z.number(),
});

/** An issuer. */
export type IssuerRecord = z.infer<typeof issuerRecordSchema>;

/** Prefix of all issuers' records. */
export const issuerPrefix = "issuer/";

/** Key of an issuer's record; names are compared without regard to case. */
export const issuerKey = (vaultUid: string, name: string): RecordKey => ({
  scope: vaultUid,
  id: `${issuerPrefix}${name.toLowerCase()}`,
});

/** Reads an issuer's record; nothing where there is none. */
export async function readIssuer(
  tx: RecordReader,
  vault: Vault,
  name: string,
): Promise<IssuerRecord | undefined> {
  return await readLive(tx, issuerKey(vault.uid, name), issuerRecordSchema);
}

/** Whether the vault issues by itself for this issuer. */
export function isOwnProvider({ provider }: Pick<IssuerRecord, "provider">): boolean {
  return provider.toLowerCase() === ownProvider.toLowerCase();
}
