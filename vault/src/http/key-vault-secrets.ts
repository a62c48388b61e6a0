// SPDX-License-Identifier: Apache-2.0
/** Key Vault's bodies for secrets: requests as clients send them, bundles as clients read them. */

import { maxContentTypeLength, maxSecretBytes, maxTagLength, maxTags } from "@strongroom/api";
import { StrongroomError, utf8 } from "@strongroom/core";
import { z } from "zod";
import type { ObjectRecord, Vault, VersionRecord } from "../vaults/vault-record.ts";

/** API versions whose routes and bodies these are. */
const apiVersions: ReadonlySet<string> = new Set(["7.4", "7.5", "7.6", "2025-07-01", "2026-04-01"]);

const intDate = z.int().min(0).max(253_402_300_799);

/** Body of SetSecret. Unknown members are ignored, as Key Vault does: newer clients send more. */
export const setSecretSchema = z.object({
  value: z
    .string()
    .refine(
      (value) => utf8(value).length <= maxSecretBytes,
      `value is larger than ${maxSecretBytes} bytes`,
    ),
  contentType: z.string().max(maxContentTypeLength).nullish(),
  tags: z
    .record(z.string().max(maxTagLength), z.string().max(maxTagLength))
    .refine((tags) => Object.keys(tags).length <= maxTags, `more than ${maxTags} tags`)
    .nullish(),
  attributes: z
    .object({ enabled: z.boolean().nullish(), nbf: intDate.nullish(), exp: intDate.nullish() })
    .nullish(),
});

/** SetSecret's body. */
export type SetSecretBody = z.infer<typeof setSecretSchema>;

/** Query of list routes. */
export const listQuerySchema = z.object({
  maxresults: z.coerce.number().int().min(1).max(25).default(25),
  $skiptoken: z.string().max(512).optional(),
});

/** @throws {StrongroomError} `BadParameter` unless the query names a supported `api-version`. */
export function requireApiVersion(query: unknown): string {
  const parsed = z.object({ "api-version": z.string() }).safeParse(query);
  const version = parsed.data?.["api-version"].replace(/-preview(\.\d+)?$/, "");
  if (version === undefined || !apiVersions.has(version)) {
    throw new StrongroomError(
      "BadParameter",
      `api-version is missing or not supported; supported are ${[...apiVersions].join(", ")}`,
    );
  }
  return parsed.data?.["api-version"] ?? "";
}

/** Everything of a version but its value: what lists hold. */
export function secretItem(
  origin: string,
  vault: Vault,
  object: ObjectRecord,
  version: VersionRecord,
) {
  return {
    id: `${origin}/secrets/${object.name}/${version.version}`,
    ...properties(vault, version),
  };
}

/** An entry of the list of secrets, whose id names no version. */
export function currentSecretItem(
  origin: string,
  vault: Vault,
  object: ObjectRecord,
  version: VersionRecord,
) {
  return { id: `${origin}/secrets/${object.name}`, ...properties(vault, version) };
}

function properties(vault: Vault, version: VersionRecord) {
  const { enabled, nbf, exp, created, updated, contentType, tags } = version;
  return {
    ...(contentType === undefined ? {} : { contentType }),
    attributes: {
      enabled,
      ...(nbf === undefined ? {} : { nbf }),
      ...(exp === undefined ? {} : { exp }),
      created,
      updated,
      recoveryLevel: recoveryLevel(vault),
      recoverableDays: vault.retentionDays,
    },
    tags: tags ?? {},
  };
}

/** Key Vault's word for what can be done about a deletion. */
function recoveryLevel({ retentionDays, purgeProtection }: Vault): string {
  const customized = retentionDays < 90 ? "Customized" : "";
  return `${customized}Recoverable${purgeProtection ? "" : "+Purgeable"}`;
}
