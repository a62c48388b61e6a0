// SPDX-License-Identifier: Apache-2.0
/** Ids of principals in role routes: `ISSUER#SUBJECT`, and for ServiceAccounts `ISSUER#SUBJECT#UID`. */

import type { Principal } from "@strongroom/core";
import { z } from "zod";
import { maxPrincipalId } from "./limits.ts";
import type { StoredPrincipal } from "./role-records.ts";

/** Issuers of ServiceAccount identities begin with it. */
export const clusterIssuerPrefix = "kubernetes:";

const oidc = /^(https:\/\/[^\s?#]+)#([^\s#][^#]{0,511})$/;
const account =
  /^(kubernetes:[0-9a-zA-Z-]{1,64})#(system:serviceaccount:[a-z0-9-]{1,63}:[a-z0-9.-]{1,253})#([0-9a-zA-Z-]{1,64})$/;

/** Parses an id. */
export const principalIdSchema = z
  .string()
  .max(maxPrincipalId)
  .transform((id, context): StoredPrincipal => {
    const [, issuer, subject, accountUid] = account.exec(id) ?? oidc.exec(id) ?? [];
    if (issuer === undefined || subject === undefined) {
      context.addIssue({
        code: "custom",
        message:
          "must be ISSUER#SUBJECT, or for a ServiceAccount kubernetes:CLUSTER#system:serviceaccount:NAMESPACE:NAME#UID",
      });
      return z.NEVER;
    }
    return { issuer, subject, ...(accountUid === undefined ? {} : { accountUid }) };
  });

/** The id of a principal; of an account that is not known yet without its uid. */
export function formatPrincipalId({ issuer, subject, accountUid }: Principal): string {
  return [issuer, subject, ...(accountUid ? [accountUid] : [])].join("#");
}
