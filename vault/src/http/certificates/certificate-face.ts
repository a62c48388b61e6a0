// SPDX-License-Identifier: Apache-2.0
/** Certificates as their routes show them. */

import { certificateParts, checkRestoredCertificate } from "../../certificates/backup-parts.ts";
import { type CertificateMembers, certificateType } from "../../certificates/certificate-type.ts";
import {
  deleteCertificate,
  purgeCertificate,
  recoverCertificate,
} from "../../certificates/lifecycle.ts";
import { readPolicy } from "../../certificates/policy-record.ts";
import {
  deleteCertificateVersion,
  purgeCertificateVersion,
  recoverCertificateVersion,
} from "../../certificates/version-lifecycle.ts";
import type { ObjectFace } from "../objects/object-face.ts";
import { certificateBundle, certificateItem, certificateVersionItem } from "./certificate-wire.ts";

const prefix = "Microsoft.KeyVault/vaults/certificates";

/** The face. */
export const certificateFace: ObjectFace<CertificateMembers> = {
  type: certificateType,
  actions: {
    list: `${prefix}/read`,
    delete: `${prefix}/delete`,
    recover: `${prefix}/recover/action`,
    purge: `${prefix}/purge/action`,
    backup: `${prefix}/backup/action`,
    restore: `${prefix}/restore/action`,
  },
  bundle: certificateBundle,
  versionItem: certificateVersionItem,
  item: certificateItem,
  complete: async (tx, vault, found) => ({
    ...found,
    policy: await readPolicy(tx, vault, found.object.name),
  }),
  remove: deleteCertificate,
  recover: recoverCertificate,
  purge: purgeCertificate,
  removeVersion: deleteCertificateVersion,
  recoverVersion: recoverCertificateVersion,
  purgeVersion: purgeCertificateVersion,
  partsOf: certificateParts,
  checkRestored: checkRestoredCertificate,
};
