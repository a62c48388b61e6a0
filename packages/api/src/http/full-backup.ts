// SPDX-License-Identifier: Apache-2.0
/** Bodies of Managed HSM's full backup and restore, and of its settings; API version 7.6. */

import { z } from "zod";
import { hexOf, intDate, milliTime } from "./wire.ts";

/** Where a backup lies, and what gives access to it. */
export const storageSchema = z.looseObject({
  /** Address of the container. */
  storageResourceUri: z.string().min(1).max(1024),
  /** Shared access signature. */
  token: z.string().max(4096).nullish(),
  useManagedIdentity: z.boolean().nullish(),
});
export type Storage = z.infer<typeof storageSchema>;

const folder = z.string().min(1).max(128);

/** A head of an audit log, as `strongroom audit head` prints it. */
export const logHeadSchema = z.looseObject({
  log: hexOf(16),
  size: z.int().min(1),
  root: hexOf(32),
});
export type LogHeadBody = z.infer<typeof logHeadSchema>;

/** Body of `PUT /restore` and `PUT /prerestore`. */
export const fullRestoreSchema = z.looseObject({
  sasTokenParameters: storageSchema,
  folderToRestore: folder,
  /** Ours: a head of the store that is given up. Required unless that store has no vault. */
  acceptRollback: logHeadSchema.optional(),
});
export type FullRestoreRequest = z.input<typeof fullRestoreSchema>;

/** Body of our acceptance of the store that is in place. */
export const acceptRollbackSchema = z.strictObject({ acceptRollback: logHeadSchema });

/** Body of `PUT /keys/{name}/restore`. */
export const keyRestoreSchema = z.looseObject({ sasTokenParameters: storageSchema, folder });

/** How an operation goes. Absent times and errors are null. */
export const fullOperationSchema = z.looseObject({
  status: z.enum(["InProgress", "Succeeded", "Canceled", "Failed"]),
  statusDetails: z.string().nullish(),
  error: z
    .looseObject({
      code: z.string(),
      message: z.string(),
      innererror: z.looseObject({ code: z.string() }).optional(),
    })
    .nullish(),
  startTime: intDate,
  endTime: intDate.nullish(),
  jobId: z.string(),
  /** Of a backup that succeeded: its folder. */
  azureStorageBlobContainerUri: z.string().nullish(),
});
export type FullOperation = z.infer<typeof fullOperationSchema>;

/** Ours: whether the vault serves, or waits because its store is older than the HSM remembers. */
export const restoreStatusSchema = z.object({
  state: z.enum(["serving", "waiting"]),
  /** Why it waits. */
  reason: z.string().optional(),
  /** The newest head that a restore would give up; what `--accept-rollback` takes. */
  head: logHeadSchema.optional(),
  /** Rollbacks that this token's volume has accepted. */
  epoch: z.int().min(0),
  /** When the last one was, and which restore it was. */
  last: z.object({ id: z.string(), time: milliTime }).optional(),
});
export type RestoreStatus = z.infer<typeof restoreStatusSchema>;

/** Body of `PATCH /settings/{name}`. */
export const updateSettingSchema = z.looseObject({ value: z.string().min(1).max(64) });

/** A setting of a vault. */
export interface SettingBody {
  readonly name: string;
  readonly value: string;
  readonly type: "boolean";
}
