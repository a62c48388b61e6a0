// SPDX-License-Identifier: Apache-2.0
/** Secrets as a kind of object. */

import { z } from "zod";
import { versionRecordSchema } from "../objects/object-record.ts";
import type { ObjectType } from "../objects/object-type.ts";

const ownSchema = z.object({ contentType: z.string().optional() });

/** What only the versions of secrets have. */
export type SecretMembers = z.infer<typeof ownSchema>;

/** Id of the record of a secret's rotation policy; `name` in lower case. */
export const rotationPolicyId = (name: string): string => `secret-rotation-policy/${name}`;

/** The kind. */
export const secretType: ObjectType<SecretMembers> = {
  kind: "secrets",
  noun: "Secret",
  versionSchema: versionRecordSchema.extend(ownSchema.shape),
  companions: (name) => [rotationPolicyId(name)],
};
