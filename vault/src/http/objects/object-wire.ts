// SPDX-License-Identifier: Apache-2.0
/** Key Vault's wire, as far as secrets, keys and certificates share it: versions, attributes, tags, ids. */

import { intDate, maxTags, objectNameSchema, objectVersionSchema } from "@strongroom/api";
import { StrongroomError } from "@strongroom/core";
import { z } from "zod";
import type { ObjectRecord, VersionRecord } from "../../objects/object-record.ts";
import type { ObjectType } from "../../objects/object-type.ts";
import type { VersionAttributes } from "../../objects/write-version.ts";
import type { Vault } from "../../vaults/vault-record.ts";

/**
 * API versions whose routes and bodies these are; of some, only previews are published. Those before 7.4 have less of the same:
 * clients that are no longer developed insist on them.
 */
const olderVersions = ["2016-10-01", "7.0", "7.1", "7.2", "7.3"];
const stableVersions = [...olderVersions, "7.4", "7.5", "7.6", "2025-07-01", "2026-04-01"];
const previewVersions = ["2025-06-01", "2026-01-01", "2026-03-01", "2026-05-01"];
const apiVersions: ReadonlySet<string> = new Set([
  ...stableVersions,
  ...previewVersions.map((version) => `${version}-preview`),
]);

/** @throws {StrongroomError} `BadParameter` unless the query names a supported `api-version`; answers it. */
export function requireApiVersion(query: unknown): string {
  const named = (query as { readonly "api-version"?: unknown } | null)?.["api-version"];
  const version = typeof named === "string" ? named : "";
  if (!apiVersions.has(version) && !isPreviewOfStable(version)) {
    throw new StrongroomError(
      "BadParameter",
      `api-version is missing or not supported; supported are ${[...apiVersions].join(", ")}`,
    );
  }
  return version;
}

/** 7.6-preview.2 is of 7.6. */
function isPreviewOfStable(version: string): boolean {
  return stableVersions.includes(version.replace(/-preview(\.\d{1,2})?$/, ""));
}

/** Tags in a body, whose names and values have so many characters at most. */
export const tagsWireSchema = (maxLength: number) =>
  z
    .record(z.string().max(maxLength), z.string().max(maxLength))
    .refine((tags) => Object.keys(tags).length <= maxTags, `more than ${maxTags} tags`);

/** Attributes that a client may write. Unknown members are ignored, as Key Vault does: newer clients send more. */
export const attributesWireSchema = z.object({
  enabled: z.boolean().nullish(),
  nbf: intDate.nullish(),
  exp: intDate.nullish(),
});

/** Attributes and tags in a body. */
export interface WireAttributes {
  readonly attributes?:
    | {
        readonly enabled?: boolean | null | undefined;
        readonly nbf?: number | null | undefined;
        readonly exp?: number | null | undefined;
      }
    | null
    | undefined;
  readonly tags?: Readonly<Record<string, string>> | null | undefined;
}

/** Attributes and tags as a version has them; absent where the body had none. */
export function attributesOf({ attributes, tags }: WireAttributes): VersionAttributes {
  return {
    enabled: attributes?.enabled ?? undefined,
    nbf: attributes?.nbf ?? undefined,
    exp: attributes?.exp ?? undefined,
    tags: tags ?? undefined,
  };
}

/** Path parameters that name an object. */
export const nameParam = z.object({ name: objectNameSchema });

/** Version in a path: ids are compared without regard to case, as names are. */
export const anyCaseVersion = z.string().toLowerCase().pipe(objectVersionSchema);

/** Path parameters that name a version, or the current one. */
export const versionParam = nameParam.extend({
  version: z
    .union([anyCaseVersion, z.literal("")])
    .optional()
    .transform((version) => version || undefined),
});

/** Attributes in an answer. */
export function wireAttributes(vault: Vault, version: VersionRecord) {
  const { enabled, nbf, exp, created, updated } = version;
  return {
    enabled,
    ...(nbf === undefined ? {} : { nbf }),
    ...(exp === undefined ? {} : { exp }),
    created,
    updated,
    recoveryLevel: recoveryLevel(vault),
    recoverableDays: vault.retentionDays,
  };
}

/** Id of an object. */
export function objectId(origin: string, { kind }: ObjectType, { name }: ObjectRecord): string {
  return `${origin}/${kind}/${name}`;
}

/** Id of a version. */
export function versionId(
  origin: string,
  type: ObjectType,
  { object, version }: { readonly object: ObjectRecord; readonly version: VersionRecord },
): string {
  return `${objectId(origin, type, object)}/${version.version}`;
}

/** Key Vault's word for what can be done about a deletion. */
function recoveryLevel({ retentionDays, purgeProtection }: Vault): string {
  const customized = retentionDays < 90 ? "Customized" : "";
  return `${customized}Recoverable${purgeProtection ? "" : "+Purgeable"}`;
}
