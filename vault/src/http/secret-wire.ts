// SPDX-License-Identifier: Apache-2.0
/** Key Vault's bodies for secrets: requests as clients send them, bundles as clients read them. */

import { maxContentTypeLength, maxSecretBytes } from "@strongroom/api";
import { utf8 } from "@strongroom/core";
import { z } from "zod";
import type { ListedVersion } from "../objects/list-objects.ts";
import { type SecretMembers, secretType } from "../secrets/secret-type.ts";
import type { SecretAttributes } from "../secrets/write-secret.ts";
import type { Vault } from "../vaults/vault-record.ts";
import {
  attributesOf,
  attributesWireSchema,
  objectId,
  tagsWireSchema,
  versionId,
  wireAttributes,
} from "./object-wire.ts";

/** Body of SetSecret. Unknown members are ignored, as Key Vault does: newer clients send more. */
export const setSecretSchema = z.object({
  value: z
    .string()
    .refine(
      (value) => utf8(value).length <= maxSecretBytes,
      `value is larger than ${maxSecretBytes} bytes`,
    ),
  contentType: z.string().max(maxContentTypeLength).nullish(),
  tags: tagsWireSchema.nullish(),
  attributes: attributesWireSchema.nullish(),
});

/** SetSecret's body. */
export type SetSecretBody = z.infer<typeof setSecretSchema>;

/** Everything of a version that a writer says besides the value. */
export function secretAttributesOf(body: Omit<SetSecretBody, "value">): SecretAttributes {
  return { ...attributesOf(body), contentType: body.contentType ?? undefined };
}

/** Everything of a version but its value: what lists of versions hold. */
export function secretItem(origin: string, vault: Vault, listed: ListedVersion<SecretMembers>) {
  return { id: versionId(origin, secretType, listed), ...properties(vault, listed) };
}

/** An entry of the list of secrets, whose id names no version. */
export function currentSecretItem(
  origin: string,
  vault: Vault,
  listed: ListedVersion<SecretMembers>,
) {
  return { id: objectId(origin, secretType, listed.object), ...properties(vault, listed) };
}

function properties(vault: Vault, { version }: ListedVersion<SecretMembers>) {
  const { contentType, tags } = version;
  return {
    ...(contentType === undefined ? {} : { contentType }),
    attributes: wireAttributes(vault, version),
    tags: tags ?? {},
  };
}
