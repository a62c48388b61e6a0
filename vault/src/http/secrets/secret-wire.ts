// SPDX-License-Identifier: Apache-2.0
/** Key Vault's bodies for secrets: requests as clients send them, bundles as clients read them. */

import { maxContentTypeLength, maxSecretBytes, maxSecretTagLength } from "@strongroom/api";
import { utf8 } from "@strongroom/core";
import { z } from "zod";
import type { FoundVersion } from "../../objects/read-object.ts";
import { type SecretMembers, secretType } from "../../secrets/secret-type.ts";
import type { SecretAttributes } from "../../secrets/write-secret.ts";
import type { Vault } from "../../vaults/vault-record.ts";
import {
  attributesOf,
  attributesWireSchema,
  objectId,
  tagsWireSchema,
  versionId,
  wireAttributes,
} from "../objects/object-wire.ts";

/** Body of UpdateSecret. Unknown members are ignored, as Key Vault does: newer clients send more. */
export const updateSecretSchema = z.object({
  contentType: z.string().max(maxContentTypeLength).nullish(),
  tags: tagsWireSchema(maxSecretTagLength).nullish(),
  attributes: attributesWireSchema.nullish(),
});

/** UpdateSecret's body. */
export type UpdateSecretBody = z.infer<typeof updateSecretSchema>;

/** Body of SetSecret. */
export const setSecretSchema = updateSecretSchema.extend({
  value: z
    .string()
    .refine(
      (value) => utf8(value).length <= maxSecretBytes,
      `value is larger than ${maxSecretBytes} bytes`,
    ),
});

/** SetSecret's body. */
export type SetSecretBody = z.infer<typeof setSecretSchema>;

/** Everything of a version that a writer says besides the value. */
export function secretAttributesOf(body: UpdateSecretBody): SecretAttributes {
  return { ...attributesOf(body), contentType: body.contentType ?? undefined };
}

/** Everything of a version but its value. */
export function secretItem(origin: string, vault: Vault, found: FoundVersion<SecretMembers>) {
  return { id: versionId(origin, secretType, found), ...properties(origin, vault, found) };
}

/** An entry of the list of secrets, whose id names no version. */
export function currentSecretItem(
  origin: string,
  vault: Vault,
  found: FoundVersion<SecretMembers>,
) {
  return { id: objectId(origin, secretType, found.object), ...properties(origin, vault, found) };
}

function properties(origin: string, vault: Vault, found: FoundVersion<SecretMembers>) {
  const { object, version } = found;
  const { contentType, tags } = version;
  return {
    ...(contentType === undefined ? {} : { contentType }),
    attributes: wireAttributes(vault, version),
    tags: tags ?? {},
    // The key of the certificate that this is the secret of has the same name and version.
    ...(object.managed
      ? { managed: true, kid: `${origin}/keys/${object.name}/${version.version}` }
      : {}),
  };
}
