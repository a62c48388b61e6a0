// SPDX-License-Identifier: Apache-2.0
/** Keys as a kind of object: what the record of a key's version says. */

import { z } from "zod";
import { versionRecordSchema } from "../objects/object-record.ts";
import type { ObjectType } from "../objects/object-type.ts";
import type { FoundVersion } from "../objects/read-object.ts";
import { keyOperationSchema } from "./key-operations.ts";
import { type KeyType, keyShapes } from "./key-type.ts";

/** Key Vault's native policy of a key: base64url of the policy's JSON. It gates `release` alone. */
const releasePolicySchema = z.object({
  contentType: z.string(),
  data: z.string(),
  immutable: z.boolean(),
});

/** A key's own release policy, as stored. */
export type KeyReleasePolicy = z.infer<typeof releasePolicySchema>;

const ownSchema = z.object({
  type: z.enum(Object.keys(keyShapes) as [KeyType, ...KeyType[]]),
  /** Where its operations run. The material is PKCS #8 or an AES key's bytes, or the HSM's blob. */
  protection: z.enum(["software", "hsm"]),
  /** Key Vault's `key_ops`. */
  operations: z.array(keyOperationSchema),
  /** What the blob in the HSM permits; absent for software keys. Operations can be narrowed, not widened beyond it. */
  hsmOperations: z.array(keyOperationSchema).optional(),
  /** SubjectPublicKeyInfo, DER, base64url; absent for AES keys. */
  publicKey: z.string().optional(),
  exportable: z.boolean().default(false),
  releasePolicy: releasePolicySchema.optional(),
  /** `exp` whose approach was announced. */
  notifiedExp: z.number().optional(),
});

/** What only the versions of keys have. */
export type KeyMembers = z.infer<typeof ownSchema>;

/** A key's version that was found. */
export type FoundKey = FoundVersion<KeyMembers>;

/** The kind. */
export const keyKind: ObjectType<KeyMembers> = {
  kind: "keys",
  noun: "Key",
  versionSchema: versionRecordSchema.extend(ownSchema.shape),
  companions: (name) => [rotationPolicyRecord(name)],
};

/** Record id of a key's rotation policy. */
export function rotationPolicyRecord(name: string): string {
  return `rotation-policy/${name.toLowerCase()}`;
}
