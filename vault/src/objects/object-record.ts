// SPDX-License-Identifier: Apache-2.0
/** Records of objects and their versions: their ids and the shape of their content, for every kind. */

import type { ObjectKind } from "@strongroom/api";
import type { RecordKey } from "@strongroom/core";
import { z } from "zod";
import { isOfCharter } from "../charter/charter-names.ts";

/** When something was soft-deleted, and when it will be purged. */
const deletionSchema = z.object({ at: z.number(), purgeAt: z.number() });

/** A soft deletion. */
export type Deletion = z.infer<typeof deletionSchema>;

/** Record of an object: what all its versions share. Times are seconds since the epoch. */
export const objectRecordSchema = z.object({
  /** As it was first spelt. */
  name: z.string(),
  current: z.string(),
  count: z.number(),
  created: z.number(),
  updated: z.number(),
  deleted: deletionSchema.nullable(),
  /**
   * Names of the policies that govern it; a name is never taken away by deleting its policy. A charter's are never kept
   * here: who reads an object is told of those that are in force.
   */
  governed: z.array(z.string()).transform((names) => names.filter((name) => !isOfCharter(name))),
  /** Uid of the resource that made it, or nothing where a person did. */
  owner: z.string().nullable(),
  /** Whether a certificate is behind it, which alone changes it. */
  managed: z.boolean().default(false),
  /** Versions that are soft-deleted on their own. */
  deletedVersions: z.number().default(0),
  /**
   * What a purge has come to: `after` is the last version record that it has erased. While it is not done, the object
   * is still there as deleted; once it is, this record is a tombstone: it keeps the name and what governs it.
   */
  purged: z
    .object({ at: z.number(), after: z.string(), done: z.boolean() })
    .nullable()
    .default(null),
});

/** An object. */
export type ObjectRecord = z.infer<typeof objectRecordSchema>;

/** What the record of a version has in every kind. Times are seconds since the epoch. */
export const versionRecordSchema = z.object({
  version: z.string(),
  created: z.number(),
  updated: z.number(),
  enabled: z.boolean(),
  nbf: z.number().optional(),
  exp: z.number().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  /** SHA-256 of the sealed material, never of what is in it; absent where there is none. */
  valueDigest: z.string().optional(),
  /** Id of the data key that the material is sealed under. */
  keyId: z.string().optional(),
  /** Where this version alone was deleted. */
  deleted: deletionSchema.optional(),
});

/** One version of any kind. */
export type VersionRecord = z.infer<typeof versionRecordSchema>;

/** Prefix of the records of all objects of a kind. */
export const objectPrefix = (kind: ObjectKind): string => `object/${kind}/`;

/** Prefix of the records of an object's versions. */
export const versionPrefix = (kind: ObjectKind, name: string): string =>
  `version/${kind}/${name.toLowerCase()}/`;

/** Key of an object's record; names are compared without regard to case. */
export const objectKey = (vaultUid: string, kind: ObjectKind, name: string): RecordKey => ({
  scope: vaultUid,
  id: `${objectPrefix(kind)}${name.toLowerCase()}`,
});

/** A version of an object. */
export interface VersionName {
  readonly kind: ObjectKind;
  readonly name: string;
  readonly version: string;
}

/** Key of one version's record, and of its sealed material. */
export const versionKey = (vaultUid: string, { kind, name, version }: VersionName): RecordKey => ({
  scope: vaultUid,
  id: `${versionPrefix(kind, name)}${version}`,
});
