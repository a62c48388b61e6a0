// SPDX-License-Identifier: Apache-2.0
/** Members that the resources of all objects have. */

import { z } from "zod";
import { maxTagLength, maxTags } from "../limits.ts";
import { vaultNameSchema } from "../names.ts";
import { fixedOnceSet } from "./validation.ts";

/** The vault of an object. */
export const vaultReference = vaultNameSchema
  .describe("name of the SecretVault in the same namespace")
  .meta(fixedOnceSet("vault"));

/** Tags of an object. */
export const tagsSchema = z
  .record(z.string().min(1).max(maxTagLength), z.string().max(maxTagLength))
  .refine((tags) => Object.keys(tags).length <= maxTags, `at most ${maxTags} tags`)
  .meta({ maxProperties: maxTags });

const instant = z.iso.datetime({ offset: true });

/** Attributes of an object, with what they mean for its kind. */
export const attributesSchema = (meaning: { readonly enabled: string; readonly times: string }) =>
  z
    .strictObject({
      enabled: z.boolean().default(true).describe(meaning.enabled),
      notBefore: instant.optional().describe(meaning.times),
      expires: instant.optional().describe(meaning.times),
    })
    .optional();

/** Members of the status of any object. */
export const versionStatus = (noun: string) => ({
  version: z.string().max(64).optional().describe(`current version of the ${noun}`),
  id: z
    .string()
    .max(512)
    .optional()
    .describe(`identifier of the ${noun}, as Key Vault clients see it`),
});
