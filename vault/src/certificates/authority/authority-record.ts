// SPDX-License-Identifier: Apache-2.0
/** Record of a vault's own certificate authority: its root, and the CA that issues. */

import type { RecordKey } from "@strongroom/core";
import { z } from "zod";

/** A CA's key and certificate. */
const certifiedKeySchema = z.object({
  /** Id of the key, which its blob is bound to. */
  keyId: z.string(),
  blob: z.string(),
  publicKey: z.string(),
  /** DER, base64url. */
  certificate: z.string(),
});

/** The record's content. */
export const authorityRecordSchema = z.object({
  root: certifiedKeySchema,
  /** Certificates of roots before this one, DER in base64url, oldest first: trusted as long as they last. */
  formerRoots: z.array(z.string()),
  issuing: certifiedKeySchema.extend({ domains: z.array(z.string()) }),
});

/** A vault's authority as it is stored. */
export type AuthorityRecord = z.infer<typeof authorityRecordSchema>;

/** A CA as it is stored. */
export type CertifiedKeyRecord = z.infer<typeof certifiedKeySchema>;

/** Key of the record. */
export const authorityKey = (vaultUid: string): RecordKey => ({
  scope: vaultUid,
  id: "certificate-authority",
});
