// SPDX-License-Identifier: Apache-2.0
/** What a backup holds besides material: the records of one object, or of a certificate with its key and secret. */

import { objectKindSchema } from "@strongroom/api";
import { z } from "zod";
import { objectRecordSchema } from "../object-record.ts";

/** The records of one object. */
const backupObjectSchema = z.object({
  kind: objectKindSchema,
  object: objectRecordSchema,
  /** Records of its versions, the members of its kind among them. */
  versions: z.array(z.json()),
  /** Further records by id. */
  companions: z.record(z.string(), z.json()),
});

/** All records of a backup. */
export const backupRecordsSchema = z.object({
  /** Uid of the vault that it was made in. */
  vault: z.string(),
  /** Whether it may be restored into that vault alone: something governs what is in it. */
  bound: z.boolean(),
  objects: z.array(backupObjectSchema).min(1).max(3),
});

/** The records of one object. */
export type BackupObject = z.infer<typeof backupObjectSchema>;

/** All records of a backup. */
export type BackupRecords = z.infer<typeof backupRecordsSchema>;
